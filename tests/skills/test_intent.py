"""What customers of a salon, a clinic or a restaurant want, in their own spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vulkn_app.skills.intent import Intent, intent

_SAID = {
    Intent.BOOK: """
        me das una cita pal viernes
        kiero agendar
        quiero agendar una cita
        hay lugar para mañana?
        tienes espacio el sabado en la mañana
        me puedes anotar para el jueves
        quisiera reservar una mesa para 4
        necesito una hora con la doctora
        tienen disponibilidad para hoy?
        me apartas un lugar a las 5
        puedo ir mañana a las 10?
        quiero un corte de pelo
        cita para el lunes porfa
        buenas, una cita para mañana
        se puede sacar turno para esta semana?
        me agendas porfa
        como le hago para agendar
        quiero reservar
        hola buenas tardes quisiera saber si hay cita disponible para hoy
        can i get an appointment tomorrow?
        do you have anything on friday
        i'd like to come in on tuesday for a haircut
        any openings this week?
        book me in for 3pm
        quiero apartar cita pa mi hija
        necesito cita urgente
        tendran un espacio para uñas hoy en la tarde
        could you fit me in on saturday
        puedo pasar a cortarme el pelo hoy?
        dame turno
        quisiera una limpieza dental para el 12
        me gustaria ver al doctor la proxima semana
        aparta un turno para las 4 porfis
        tiene campo para hoy doctora?
        necesito que me atiendan hoy
        para sacar cita con quien hablo?
        hi! can i schedule a cleaning for next week
        looking to book a massage for two
        i need to see the dentist asap
        would love to get my hair done on friday
        can i come by tomorrow at 4?
        do you have a table for 6 tonight?
        agendame pal martes a las 3
        podria darme una cita para mi perro
        me urge una limpieza hoy
        urge cita para mañana
        me corre prisa un tinte hoy
        lo antes posible una limpieza
        urgente: corte para mañana
        corte para hoy a las 5
        haircut tomorrow at 3
        need a massage asap
    """,
    Intent.CANCEL: """
        ya no voy a poder ir
        no voy a poder ir mañana
        cancela mi cita
        quiero cancelar
        kiero canselar mi sita
        ya no quiero la cita
        al final no podre asistir
        no puedo ir hoy, disculpe
        me puedes cancelar la reserva de hoy
        se me complico, cancelamela porfa
        please cancel
        i can't make my appointment tomorrow
        i won't be able to come
        necesito anular el turno
        no llegare a mi cita
        quitame la cita del martes
        i need to cancel
        hola, disculpa, me surgio algo y no podre ir
        cancelen mi reserva por favor
        siempre no voy a ir
        borra mi cita del jueves
        sorry something came up, need to cancel tomorrow
        please remove my booking
        i don't need the appointment anymore
        ya no necesito el turno, gracias
        no voy a llegar a la cita
    """,
    Intent.RESCHEDULE: """
        puedo cambiar mi cita?
        cambiar la hora de mi cita
        se puede mover para el jueves?
        me la puedes pasar al viernes
        quiero reagendar
        no puedo el lunes, me cambias para otro dia?
        podemos recorrer la cita una hora
        can we move it to friday
        can i reschedule
        necesito reprogramar
        puedo llegar mas tarde? cambiame la cita a las 6
        adelantar mi cita
        i need another time for my appointment
        posponer el turno
        puedo mover mi cita al viernes?
        me cambias la cita para las 6 porfa
        can you push my appointment back an hour
        could we do wednesday instead of tuesday for my appointment
        prefiero otro dia para mi cita
        necesito modificar mi reserva
        hay chance de pasar mi cita para la tarde
        i have an appointment tomorrow but need to change it
    """,
    Intent.QUERY_BOOKING: """
        a q hora tengo mi cita
        a que hora era mi cita?
        cuando me toca
        tengo cita mañana?
        para cuando quedo mi cita
        confirmame mi cita porfa
        si quedo agendada mi cita?
        quedo confirmada la reserva?
        when is my appointment
        is my booking confirmed
        do i have an appointment today
        ver mis citas
        que dia tengo la cita
        a que hora me toca mañana
        aceptan reservas?
        se necesita cita previa?
        ya tengo cita, solo quiero confirmar
        oye a que hora es mi cita de mañana?
        me recuerdas cuando tengo cita
        sigue en pie mi cita?
        what time was my appointment again?
        can you confirm my booking for saturday
        tengo una reserva a nombre de juan
        mi cita es hoy o mañana?
        cual es la direccion para mi cita de hoy
        did my appointment go through?
        hasta cuando puedo cancelar sin costo
    """,
    Intent.OTHER: """
        hola buenas
        cuanto cuesta el corte
        donde estan ubicados
        a que hora abren
        gracias
        ok
        aceptan tarjeta?
        tienen estacionamiento
        cuanto tarda el envio
        quiero hablar con una persona
        que servicios tienen
        do you take credit cards
        what are your hours
        thanks, see you
        quiero cancelar mi pedido
        me llego mal el pedido, quiero cambiarlo
        como pago
        tienen descuento para estudiantes
        hacen uñas acrilicas?
        mi numero es 5512345678
        abren los domingos?
        cuando abren
        puedo cambiar el producto
        hoy abren?
        me interesa el paquete de 3 clases, cuanto sale
        soy maria
        que precio tiene la limpieza dental
        tienen wifi
        me pasas el menu
        hacen envios a monterrey?
        buenos dias, informacion por favor
        is parking free?
        who is the manager
        i want a refund
        mi hijo tiene fiebre
        ya les deposite
        que dias trabajan
        a que hora cierran hoy
        love your work!
        cuanto dura el tratamiento
        no me funciona el producto
        quiero comprar shampoo
        can i change my order
        necesito factura
        estan abiertos mañana?
        si
        mañana a las 5
    """,
}
_CASES = [(wanted, text.strip()) for wanted, texts in _SAID.items() for text in texts.strip().splitlines()]


@pytest.mark.parametrize(("wanted", "text"), _CASES, ids=[text for _, text in _CASES])
def test_what_a_message_wants(wanted: Intent, text: str) -> None:
    assert intent(text) is wanted


@pytest.mark.parametrize(
    "text", ["QUIERO UNA CITA", "quiero   una\ncita", "¡¡Quiero una cita!!", "quiéro úna citá"]
)
def test_case_accents_and_spaces_do_not_matter(text: str) -> None:
    assert intent(text) is Intent.BOOK


def test_a_bare_moment_is_no_wish() -> None:
    assert intent("el viernes a las 5") is Intent.OTHER


@pytest.mark.parametrize(
    "text", ["ya no hay pan?", "no puedo entrar a la pagina", "vale, gracias", "cancela mi suscripcion"]
)
def test_other_refusals_cancel_no_booking(text: str) -> None:
    assert intent(text) is Intent.OTHER


@given(text=st.text(max_size=300))
def test_every_text_has_an_answer(text: str) -> None:
    assert intent(text) in Intent
