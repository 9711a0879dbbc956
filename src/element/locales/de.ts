
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'almost': `fast fertig`,
'cancel': `Abbrechen`,
'choose': `Stimme wählen`,
'download': `Herunterladen`,
'generate': `Erzeugen`,
'hear': `Zum Hören klicken`,
'left': `Links`,
'noVoice': `Noch keine Stimme`,
'play': `Abspielen`,
'ready': `Fertig`,
'record': `Stimme aufnehmen`,
'right': `Rechts`,
'speaking': `Spricht`,
'starting': `Wird gestartet`,
'stays': `Bleibt auf diesem Gerät`,
'stop': `Stopp`,
'stopRecording': `Aufnahme beenden`,
'stopTalking': `Sprechen beenden`,
'talk': `Ins Mikrofon sprechen`,
'timeLeft': `noch {seconds} s`,
'tryAgain': `Erneut versuchen`,
'voice': `Stimme`,
    };
  