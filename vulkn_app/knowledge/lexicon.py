"""Words of shops, clinics and kitchens that mean the same, in Spanish and English.

One concept a line, Spanish before the bar, English after it. A question with one of a line's words
finds entries with another. Only single words; accents do not matter. What this list does not say, the
general dictionary in bilingual.txt does, which has its own licence on top.
"""

from functools import cache
from pathlib import Path

from vulkn_app.knowledge.words import stem, words

CONCEPTS = """
horario horarios hora abren abrimos abre abierto abierta abrir cierran cierra cerramos atienden atendemos atencion | hours hour open opening close closing schedule time
precio precios costo costos cuesta cuestan vale valen cobran tarifa tarifas cuanto | price prices cost costs charge rate fee fees much
estacionamiento estacionar parqueo aparcamiento parquear cochera | parking park garage
direccion ubicacion ubicados ubicado queda quedan encuentran llegar mapa donde | address location located directions where map find
cita citas turno turnos agendar agenda reservar reserva reservacion apartar | appointment appointments booking book schedule reserve reservation
pago pagos pagar abonar aceptan aceptamos | payment payments pay paying accept
tarjeta tarjetas credito debito visa mastercard | card cards credit debit visa mastercard
efectivo | cash
transferencia deposito spei | transfer wire deposit
meses mensualidades plazos cuotas financiamiento | installments monthly financing months
envio envios enviamos entrega entregas entregamos domicilio reparto mandan | delivery shipping deliver ship
pedido pedidos ordenar orden encargar | order orders ordering
descuento descuentos promocion promociones oferta ofertas rebaja | discount discounts promotion promotions deal deals offer sale
devolucion devoluciones devolver reembolso reembolsos | return returns refund refunds
cambio cambios cambiar | exchange change swap
cancelar cancelacion cancelaciones anular | cancel cancellation cancelling
reagendar reprogramar mover posponer | reschedule move postpone
garantia | warranty guarantee
factura facturas facturar facturacion recibo cfdi | invoice invoices receipt bill
telefono celular numero llamar llamada | phone number call telephone mobile
correo email mail | email mail
whatsapp wasap guasap | whatsapp
seguro seguros aseguradora aseguradoras poliza | insurance insurer insured coverage
emergencia emergencias urgencia urgencias urgente | emergency emergencies urgent
dolor duele doler molestia | pain hurts hurt ache toothache
diente dientes muela muelas dental | tooth teeth dental
dentista odontologo odontologa | dentist
limpieza limpiar profilaxis aseo | cleaning clean hygiene
blanqueamiento blanquear aclarar | whitening whiten bleaching
ortodoncia brackets frenos alineadores | braces orthodontics aligners
endodoncia | endodontics
implante implantes | implant implants
corona coronas | crown crowns
caries resina empaste amalgama | cavity cavities filling fillings
extraccion sacar extraer | extraction extract pull removal
radiografia radiografias placa | xray x-ray radiograph
anestesia | anesthesia anaesthesia numb
doctor doctora medico medica doctores | doctor doctors physician
especialista especialistas | specialist specialists
paciente pacientes | patient patients
consulta valoracion revision chequeo diagnostico | consultation checkup exam assessment visit
primera inicial nuevo nueva | first initial new
tratamiento tratamientos procedimiento | treatment treatments procedure
receta medicamento medicina medicinas | prescription medicine medication
clinica consultorio | clinic office practice
nino ninos nina ninas hijo hija hijos bebe menores infantil pediatrico | child children kid kids son daughter baby minors pediatric
edad anos mayores | age years old
embarazada embarazo | pregnant pregnancy
mascota mascotas perro perros gato gatos animal animales | pet pets dog dogs cat cats animal animals
comida comidas comer almuerzo cena | food meal meals eat lunch dinner
menu carta platillos platos | menu dishes
desayuno | breakfast
postre postres | dessert desserts
bebida bebidas tomar alcohol licor alcoholica | drink drinks beverage beverages alcohol liquor alcoholic
cerveza | beer
vino | wine
cafe | coffee
agua | water
vegetariano vegetariana vegano vegana | vegetarian vegan
gluten celiaco | gluten celiac
alergia alergias alergico alergenos | allergy allergies allergic allergens
pollo | chicken
carne res | meat beef
pescado | fish
camaron camarones mariscos | shrimp seafood
arroz | rice
picante | spicy
pizza | pizza
pan panaderia | bread bakery
pastel pasteles torta | cake cakes
mesa mesas | table tables
restaurante | restaurant
terraza afuera | terrace outside patio outdoor
llevar recoger | takeaway pickup takeout collect
propina | tip gratuity
cubierto cubiertos | cutlery
cumpleanos fiesta festejo | birthday party celebration
evento eventos | event events
grupo grupos | group groups
habitacion habitaciones cuarto cuartos | room rooms
huesped huespedes hospedaje alojamiento estancia estadia | guest guests lodging accommodation stay
entrada ingreso registro | checkin check-in entrance entry registration
salida | checkout check-out exit departure
cama camas | bed beds
bano banos sanitario | bathroom toilet restroom
piscina alberca pileta | pool swimming
gimnasio | gym
wifi internet | wifi internet
aire acondicionado clima | air conditioning
calefaccion | heating
ruido silencio tranquilo tranquila tranquilas bulla | noise quiet silence noisy
fumar fumadores cigarro | smoke smoking
accesible rampa discapacidad ruedas | wheelchair accessible accessibility disabled ramp
elevador ascensor | elevator lift
seguridad seguro robo roban robar | safe safety security stolen theft
perdido perdida perdidas pierdo olvido objetos | lost forgotten belongings found
dano danos romper roto | damage damages broken break
politica politicas regla reglas norma | policy policies rule rules
prohibido prohibida permitido permiten permite permitir | forbidden allowed allow permitted prohibited
requisito requisitos requiere requieren documento documentos | requirement requirements require required documents
identificacion ine pasaporte dni | id identification passport
ropa vestir | clothes clothing wear
zapato zapatos calzado tenis | shoe shoes sneakers
talla tallas medida medidas tamano | size sizes measurements
color colores | color colors colour
tela | fabric
regalo regalos | gift gifts present
tienda local sucursal sucursales | store shop branch branches
producto productos articulo articulos | product products item items
disponible disponibilidad existencia inventario stock | available availability stock
catalogo | catalog catalogue
marca marcas | brand brands
compra comprar compras | buy purchase buying shopping
venta ventas vender venden vendemos | sell sells selling sold
mayoreo mayorista | wholesale bulk
gratis gratuito gratuita | free complimentary
barato economico | cheap affordable
caro | expensive
corte cortar | cut haircut
cabello pelo | hair
barba | beard
unas manicura manicure pedicure | nails manicure pedicure
masaje masajes | massage massages
facial piel | facial skin
maquillaje | makeup
tinte teñir | dye coloring
depilacion | waxing
peinado | hairstyle
clase clases curso cursos | class classes course courses lesson lessons
maestro profesor instructor | teacher instructor
inscripcion inscribir | enrollment enroll registration
membresia suscripcion | membership subscription
reparacion reparar arreglar arreglo | repair repairs fix
instalacion instalar | installation install
mantenimiento | maintenance
auto carro coche vehiculo | car vehicle
llanta llantas | tire tires
aceite | oil
lavado lavar | wash washing
llave llaves | key keys
abogado abogada | lawyer attorney
contrato | contract
cuenta | account
contrasena | password
cliente clientes | customer customers client clients
empleo trabajo vacante | job jobs vacancy hiring
dueno duena gerente | owner manager
ingles | english
espanol | spanish
idioma idiomas hablan | language languages speak
lunes | monday
martes | tuesday
miercoles | wednesday
jueves | thursday
viernes | friday
sabado sabados | saturday saturdays
domingo domingos | sunday sundays
hoy | today
manana | tomorrow morning
tarde | afternoon late
noche | night evening
dia | day
semana | week
mes | month
ano | year
fin | weekend end
feriado feriados festivo festivos vacaciones | holiday holidays
navidad | christmas
tiempo dura duracion tarda tardan demora | time long last duration take takes
rapido pronto | fast quick soon
retraso tarde demorado | late delay delayed
metro autobus camion transporte | subway bus transport transit
taxi uber | taxi uber
aeropuerto | airport
cerca | near close nearby
centro | downtown center
calle avenida | street avenue
piso | floor
edificio | building
puerta | door
opinion opiniones resenas | reviews review feedback
comportamiento conducta pelea peleas insulto insultos grosero molestar | behavior behaviour conduct fight fights insult rude disturb
borracho borrachos ebrio ebrios tomado alcohol comportamiento | drunk alcohol behavior
queja quejas reclamo | complaint complaints
persona humano asesor | person human agent
"""


BILINGUAL = Path(__file__).with_name("bilingual.txt")


@cache
def related(stemmed: str) -> frozenset[str]:
    """The stems that share a concept with this one, without itself."""
    return (_by_stem().get(stemmed, frozenset()) | _translated().get(stemmed, frozenset())) - {stemmed}


@cache
def _by_stem() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in CONCEPTS.strip().splitlines():
        concept = frozenset(stem(word) for word in words(line))
        for word in concept:
            found[word] = found.get(word, frozenset()) | concept
    return found


@cache
def _translated() -> dict[str, frozenset[str]]:
    """The dictionary of everyday words, both ways; some 15,000 stems, 6 MB."""
    found: dict[str, set[str]] = {}
    for line in BILINGUAL.read_text(encoding="ascii").splitlines():
        if line.startswith("#"):
            continue
        english, *spanish = (stem(word) for word in line.split())
        found.setdefault(english, set()).update(spanish)
        for word in spanish:
            found.setdefault(word, set()).add(english)
    return {word: frozenset(partners) for word, partners in found.items()}
