"""Small talk beyond a bare greeting: what people say to be kind, to know whom they talk to, or to say nothing.

Two ways, both careful not to swallow a question: a sentence of one of these shapes from its beginning to its end, or
a sentence made only of pleasant and empty words around one that says which pleasantry it is.
"""

import re

_HELLO = r"(?:(?:hola|hello|hi|hey|ok|okay|bueno|buenas|oye|disculpa|perdon|so|and|y|pues|por favor|please|well) )*"
_MAY_I_KNOW = (
    r"(?:(?:(?:can|could|may|would|will) (?:you |i )?(?:please )?|i (?:wanna|want to|would like to|d like to|need to) |"
    r"id like to |let me |please |do you mind |me )?(?:tell me|know|ask|find out|hear|saber|decirme|decir|say|share) )?"
    r"(?:me )?(?:puedes decirme |me dices |dime |quiero saber |quisiera saber |se puede saber |do you know )?"
)
_END = r"(?: (?:please|por favor|again|exactly|today|hoy|ai|bot|then|now|anyway|for me|with me|por mi|amigo|amiga))*"

_MAKER = (
    r"(?:who|what (?:company|person|people|team)|which (?:company|person))(?: (?:was it )?that)? "
    r"(?:made|built|created|designed|programmed|developed|invented|trained|owns|is behind)(?: you)|"
    r"(?:who (?:is|are) |whos )?your (?:maker|creator|developer|designer|programmer|inventor)s?(?: is| are)?|"
    r"(?:quien|quienes) (?:te|lo|la) (?:creo|hizo|programo|diseno|desarrollo|invento|crearon|hicieron|programaron)|"
    r"(?:quien|quienes) (?:es|son|fue) tus? (?:creador|creadora|creadores|programador|inventor)"
)
_NAME = (
    r"(?:i |(?:can|may|could) i )?(?:have |get |ask |give me )?your (?:full |real |own )?name(?: is what)?|your name|whats your name|"
    r"(?:have|what is|whats|what s|know|tell me) (?:your |the )name(?: of you| you (?:were|are) given| you go by)?|"
    r"(?:what|how) (?:name )?(?:do|does|should|shall|may|can|could|would|might) (?:i|they|we|people|you|one) "
    r"(?:call|address|name|refer to|go by|use when i refer to)(?: you| yourself)?(?: by)?|"
    r"(?:what )?(?:should|do) i use when i refer to you|what are you called|do you (?:have|go by) a (?:certain )?name|"
    r"como (?:te|se|le) (?:llamas|llama|dicen|digo|puedo (?:llamar|decir)|debo llamar)(?: usted| tu)?|"
    r"(?:cual es )?(?:tu|su) nombre|tienes nombre|que eres(?: tu)?|con quien (?:hablo|tengo el gusto|estoy hablando|converso)"
)
_MACHINE = (
    r"(?:(?:robot|bot|chatbot|computer|machine|program|human|human being|person|real|live|actual|artificial|"
    r"automated|ai|being|someone|somebody|robotic|virtual|intelligence|persona|humano|humana|humanos|maquina|ia|"
    r"computadora|programa|automatico|contestador|verdad|verdadera|a|an|or|o|un|una|de|the|just|really|only|actually|"
    r"solo|realmente|some|kind|sort|of|is this|not|no|es|eres|are you|y) ?)+"
)
_BOT = (
    rf"(?:are|were|would|could|can|might|is|am|do)(?: most people| people| it| this| that)?(?: say| call| consider)?"
    rf"(?: you| yourself| i)?(?: (?:be|are|say|call|consider|yourself|you|to be|talking|speaking|chatting|dealing|"
    rf"communicating|interacting|to|with))* (?:{_MACHINE})|"
    rf"(?:eres|es usted|es esto|hablo con|(?:estoy )?(?:hablando|chateando|platicando) con) (?:{_MACHINE})"
)
_ABLE = (
    r"(?:what|which|how)(?: else| all| exactly| (?:\w+ ){0,2}(?:things?|stuff|types?|kinds?|sorts?|questions?|topics?|"
    r"subjects?|tasks?|areas?)(?: of (?:things|stuff|questions|topics|tasks|help))?)?"
    r" (?:can|could|would|will|do|are|may|should|is it) (?:i|you|that i|that you)(?: be)?(?: the)?(?: most)?"
    r"(?: (?:able|capable|good|best|help|helpful|helping|assist|assisting|do|doing|and|answer|answering|ask|asking|"
    r"know|talk|experienced|familiar|of|at|to|with|about|on|in|for|you|me|i|can))*|"
    r"(?:what|which)(?: (?:types?|kinds?|sorts?) of)? (?:questions|things|topics|subjects|stuff|help)"
    r"(?: that)? (?:i|you) (?:can|could|may) (?:ask|help|answer|do|talk)(?: you| me)?(?: with| about)?|"
    r"(?:can|could|may) i ask you(?: (?:all|about|anything|any|some|a|different|several|many|types?|kinds?|things|"
    r"something|everything|question|questions|of))*|"
    r"(?:what|which) (?:types?|kinds?|sorts?) of (?:things|questions|stuff|help|topics) (?:that )?(?:can )?(?:you|i) (?:can )?"
    r"(?:help|ask|answer|do)(?: (?:me|you|with|about))*|in (?:what|which) ways? can you help(?: me)?|"
    r"what are (?:some|the) (?:of the )?things (?:that )?(?:you|i) can (?:do|ask|help with)(?: you)?|"
    r"what (?:you (?:can|could|are able to) (?:do|help with|help me with|answer)|i can ask(?: you)?(?: about)?)|"
    r"(?:what are )?your (?:capabilities|abilities|skills|functions|features)|"
    r"(?:can|could|will|would) you help me(?: out)?(?: with (?:something|anything|a question))?|"
    r"(?:(?:y |tu )?(?:que|q|k)(?: mas| cosas| otras cosas| tipo de cosas)? (?:puedes|sabes|podrias|pueden|puede) "
    r"(?:hacer|responder|contestar|hacer tu))|"
    r"(?:que haces|para que sirves|como funcionas|cuales son tus (?:funciones|habilidades|capacidades))|"
    r"(?:(?:en|con) )?(?:que|q|como) (?:cosas |mas )?(?:me|nos)? ?(?:puedes|puede|pueden|podrias|podria) "
    r"(?:ayudar|ayudarme|ayudarnos)|(?:me|nos) (?:puedes|puede|pueden|podrias|podria) ayudar(?: con (?:algo|una (?:duda|"
    r"pregunta)))?|(?:puedes|puede|podrias|podria) ayudarme(?: con (?:algo|una (?:duda|pregunta)))?|"
    r"(?:que|sobre que|de que)(?: cosas| temas| preguntas)? (?:te )?puedo (?:preguntar|preguntarte|hablar contigo)|"
    r"(?:te )?puedo (?:preguntar|preguntarte|hacer(?:te)?)(?: (?:algo|una pregunta|cualquier cosa|de todo))?"
)
_HOW = (
    r"how(?: (?:s|is|are|was|have|has|do|goes|you|ya|u|your|been|day|morning|evening|night|week|it|going|doing|"
    r"everything|things|life|with|today|feeling|so|far|all|re|r))+|(?:are|r) (?:you|u|ya) (?:doing )?"
    r"(?:ok|okay|good|well|fine|alright|all right)|(?:let me know )how you (?:are|re)(?: doing)?|"
    r"(?:whats|what s|what is) (?:up|new|happening|going on|good)|hows (?:your |the )?(?:day|week|everything|life)(?: going)?|"
    r"hope (?:you|u|all|everything) (?:is|are|re)(?: \w+){0,2} (?:well|fine|good)|"
    r"(?:que tal|como|y como) (?:te |le |les )?(?:va|van|vas|ha ido|fue|estas|esta|estan|andas|anda|andan|amaneciste|"
    r"sientes|siente|encuentras|encuentra|has estado)(?: (?:tu|usted|ustedes|todo|todos|el dia|tu dia|su dia|la vida))*|"
    r"que (?:onda|tal|cuentas|hubo|hay de nuevo)(?: tu| bueno)?|"
    r"(?:(?:muy )?(?:bien|fine|good|great|well|ok|todo bien|im good|i am fine|im fine)(?: gracias| thanks| thank you)?"
    r" )?(?:y|and) (?:tu|usted|ustedes|vos|you|yourself|u)(?: como estas| que tal| how are you)?|todo bien|"
    r"(?:its )?(?:good|nice|great|lovely) to (?:see|meet) you(?: again)?|mucho gusto|sup|howdy|(?:are you|estas) (?:there|ahi)"
)
_LEAVING = (
    r"(?:ya )?(?:me )?(?:tengo que|debo|toca|voy a) (?:ir|irme|retirarme|dejarte|despedirme)|"
    r"i (?:have to|ve got to|got to|gotta|must|need to|should) (?:go|leave|run)|gotta (?:go|run)|so long|peace out|"
    r"take it easy|until (?:next time|we meet again|then)|see (?:ya|you|u)(?: (?:later|soon|around|tomorrow))?"
)
_SHAPES = [
    (kind, re.compile(rf"{_HELLO}{_MAY_I_KNOW}(?:{shape}){_END}"))
    for kind, shape in (
        ("who", f"{_MAKER}|{_NAME}|{_BOT}"),
        ("how_are_you", _HOW),
        ("help", _ABLE),
        ("goodbye", _LEAVING),
    )
]

_THANKS = "gracias grax thanks thank thankful thx ty tysm appreciate agradezco agradecido agradecida appreciate appreciated"
_GOODBYE = (
    "adios chao chau bye byebye goodbye goodnight farewell cya later ciao luego vemos leeremos cuidate signing leaving "
    "despido voy vamos irme retiro talking talk speak speaking chatting chat conversation hablamos platicar conversar"
)
_EMPTY = """
    a al and are as at be been being best bless bonito buen buena buenas eres youre thankful much bueno buenos can care catch cool day de del dia
    did do doing done else enjoyed entonces era es esa eso esta estaba este estuvo evening everything excelente far fantastic
    feliz fine for fue fun genial glad go good got gotta great gusto had hablar hasta have having help helped helpful
    helping hermoso hope i id ill im info informacion information is it its just la las leave like linda lindo ll lo los
    lot lots lovely luck m mas me mi mil montones morning mucha muchas muchisimas mucho must muy my nada need new next
    nice night no noche noches nos now of off ok okay okey on otra our out para perfect perfecto placer please pleasure por
    pronto que really right s saludos se see seen seguimos si siempre so soon success super sure talk take thats te ten tenga tengan
    tengas tengo tarde tardes than that the then there this through time to toda todo today todos tomorrow tu un una until
    up us usted ustedes va very ver verte was we weekend week well were will with wonderful would ya yeah yes you your
    again ai bot amigo amiga amable amables ayuda ayudado ayudaste ayudarme atencion tiempo respuesta respuestas answer
    answers answering amazing awesome cheers friend meet met meeting always all be being going head heading home
    job work inteligente smart clever sweet kind awesome valiosa pasa pasen pasenla fin semana encantado encantada igualmente bendiciones abrazo abrazos
    """
_NOTHING = """
    aja ajá ah ahh oh uh um hmm mmm mm ay ups wow tal vez quiza quizas puede ser maybe perhaps bueno bien que todo todos
    nada muchas muchos cosas cosa algo eso esto asi aqui alla ahi esta estan estoy estas es igual tambien tampoco mas
    menos ninguna ninguno ok okay oki vale listo dale sale ya no si yes nope claro obvio entiendo entendido ni idea i see
    a o y de un una poco nothing never mind whatever understood interesting interesante vaya guau lol xd haha jaja jeje
    great cool nice perfecto genial good bad mal regular mas o menos so luego entonces pues great right
    me te lo la yo tu usted puedo ayudar ser se no por supuesto muy gracias
    """


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CLOSED = [
    ("goodbye", _set(_GOODBYE), _set(_GOODBYE) | _set(_EMPTY) | _set(_THANKS)),
    ("thanks", _set(_THANKS), _set(_THANKS) | _set(_EMPTY)),
    ("goodbye", _set("day dia night weekend luck"), _set(_EMPTY)),
]
_NOTHINGS = _set(_NOTHING)
_LAUGH = re.compile(r"(?:ja|je|ji|ha|he){2,}h?|lol|xd")
_MENTION = re.compile(r"@\w+")
_LONGEST = 16  # words: who says more has something to say


def kind_of(said: str, text: str) -> str:
    """The kind of a sentence, `said` being `text` in plain letters; empty when it may ask for something."""
    words = said.split()
    if not words or len(words) > _LONGEST:
        return ""
    if kind := next((kind for kind, shape in _SHAPES if shape.fullmatch(said)), ""):
        return kind
    asks = "?" in text
    for kind, heart, allowed in _CLOSED:
        if not asks and heart.intersection(words) and allowed.issuperset(words):
            return kind
    return "fine" if _says_nothing(text, words) else ""


def _says_nothing(text: str, words: list[str]) -> bool:
    if "?" not in text and any(_LAUGH.fullmatch(word) for word in words):
        return True
    left = set(words) - {name[1:].lower() for name in _MENTION.findall(text)}
    return _NOTHINGS.issuperset(left)
