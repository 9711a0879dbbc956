
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'almost': `quase pronto`,
'cancel': `Cancelar`,
'choose': `Escolher uma voz`,
'download': `Baixar`,
'generate': `Gerar`,
'hear': `Clique para ouvir`,
'left': `Esquerda`,
'noVoice': `Ainda não há voz`,
'play': `Reproduzir`,
'ready': `Pronto`,
'record': `Gravar uma voz`,
'right': `Direita`,
'speaking': `Falando`,
'starting': `Iniciando`,
'stays': `Fica neste dispositivo`,
'stop': `Parar`,
'stopRecording': `Parar a gravação`,
'stopTalking': `Parar de falar`,
'talk': `Falar pelo microfone`,
'timeLeft': `faltam {seconds} s`,
'tryAgain': `Tentar de novo`,
'voice': `Voz`,
    };
  