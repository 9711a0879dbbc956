
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'almost': `bitmek üzere`,
'cancel': `İptal et`,
'choose': `Ses seç`,
'download': `İndir`,
'generate': `Oluştur`,
'hear': `Duymak için tıklayın`,
'left': `Sol`,
'noVoice': `Henüz ses yok`,
'play': `Oynat`,
'ready': `Hazır`,
'record': `Ses kaydet`,
'right': `Sağ`,
'speaking': `Konuşuyor`,
'starting': `Başlıyor`,
'stays': `Bu aygıttan çıkmaz`,
'stop': `Durdur`,
'stopRecording': `Kaydı durdur`,
'stopTalking': `Konuşmayı bitir`,
'talk': `Mikrofonla konuş`,
'timeLeft': `{seconds} sn kaldı`,
'tryAgain': `Yeniden dene`,
'voice': `Ses`,
    };
  