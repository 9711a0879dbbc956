
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'almost': `casi listo`,
'cancel': `Cancelar`,
'choose': `Elegir una voz`,
'download': `Descargar`,
'generate': `Generar`,
'hear': `Haz clic para oír`,
'left': `Izquierda`,
'noVoice': `Aún no hay voz`,
'play': `Reproducir`,
'ready': `Listo`,
'record': `Grabar una voz`,
'right': `Derecha`,
'speaking': `Hablando`,
'starting': `Iniciando`,
'stays': `No sale de este dispositivo`,
'stop': `Detener`,
'stopRecording': `Detener la grabación`,
'stopTalking': `Dejar de hablar`,
'talk': `Hablar por el micrófono`,
'timeLeft': `quedan {seconds} s`,
'tryAgain': `Reintentar`,
'voice': `Voz`,
    };
  