/* Every word the panel says by itself. */

const TEXTS = {
  es: {
    close: 'Cerrar el chat', conversation: 'Conversación', write: 'Escribe tu mensaje…', send: 'Enviar', you: 'Tú',
    typing: 'está escribiendo', team: 'Equipo de', online: 'Asistente de', latest: 'Ir al final',
    good: 'Me sirvió', bad: 'No me sirvió', thanks: 'Gracias por tu opinión', source: 'Fuente', sources: 'Fuentes',
    offline: 'Sin conexión. Tu mensaje saldrá en cuanto vuelva.', retry: 'Reintentar', failed: 'No se pudo enviar.',
    noAnswer: 'No pude responder en este momento.', busy: 'Hay muchos mensajes. Espera un momento.',
    refused: 'No se pudo aceptar este mensaje.', unavailable: 'El chat no está disponible en este momento.',
    human: 'Te atiende una persona del equipo.', handoff: 'Una persona del equipo continuará esta conversación.',
    whatsapp: 'Seguir por WhatsApp', disclosure: 'Responde un asistente con inteligencia artificial. Puede equivocarse.',
  },
  en: {
    close: 'Close the chat', conversation: 'Conversation', write: 'Write your message…', send: 'Send', you: 'You',
    typing: 'is typing', team: 'The team of', online: 'Assistant at', latest: 'Go to the end',
    good: 'This helped', bad: 'This did not help', thanks: 'Thank you for your feedback', source: 'Source', sources: 'Sources',
    offline: 'You are offline. Your message leaves as soon as you are back.', retry: 'Try again', failed: 'It could not be sent.',
    noAnswer: 'I could not answer just now.', busy: 'There are many messages. Wait a moment.',
    refused: 'This message could not be accepted.', unavailable: 'The chat is not available right now.',
    human: 'A person from the team is with you.', handoff: 'A person from the team will continue this conversation.',
    whatsapp: 'Continue on WhatsApp', disclosure: 'An AI assistant is answering. It can make mistakes.',
  },
};

export const textsIn = (lang) => TEXTS[lang] || TEXTS.es;
