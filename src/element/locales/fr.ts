
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'almost': `presque fini`,
'cancel': `Annuler`,
'choose': `Choisir une voix`,
'download': `Télécharger`,
'generate': `Générer`,
'hear': `Cliquez pour entendre`,
'left': `Gauche`,
'noVoice': `Pas encore de voix`,
'play': `Lire`,
'ready': `Prêt`,
'record': `Enregistrer une voix`,
'right': `Droite`,
'speaking': `Parle`,
'starting': `Démarrage`,
'stays': `Reste sur cet appareil`,
'stop': `Arrêter`,
'stopRecording': `Arrêter l’enregistrement`,
'stopTalking': `Arrêter de parler`,
'talk': `Parler au micro`,
'timeLeft': `encore {seconds} s`,
'tryAgain': `Réessayer`,
'voice': `Voix`,
    };
  