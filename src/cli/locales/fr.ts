
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'cannotListen': `rien ne peut écouter là ({code}). Choisissez un autre --port ou --host.`,
'command:batch': `fait une vidéo de chaque ligne d’un tableau (CSV)`,
'command:create': `écrit un petit projet pour commencer`,
'command:demo': `calcule l’exemple fourni (ou vos fichiers) et une planche-contact`,
'command:jobs': `liste, montre, relance et annule les tâches de la passerelle`,
'command:keys': `crée, liste et révoque des clés d’API`,
'command:model': `examine un modèle de lèvres à vous`,
'command:render': `fait parler une image`,
'command:serve': `répond à l’API REST sur cette machine`,
'command:studio': `sert la page du studio sur cette machine`,
'command:work': `exécute des tâches pour des passerelles d’autres machines`,
'fault:empty': `il n’y a aucune ligne`,
'fault:file': `{column} : il n’y a pas de fichier {value}`,
'fault:missing': `« {column} » est vide`,
'fault:unclosed': `le guillemet de la ligne {column} ne se ferme jamais ; la suite est une seule cellule`,
'fault:unknown': `il n’y a pas de colonne « {column} » ; elle est ignorée`,
'fault:value': `« {value} » ne convient pas à « {column} »`,
'made': `{file} : {size}, {seconds} s, {frames} images, fait en {took} s sur {backend} avec {encoder} ; graine {seed}`,
'minutesLeft': `encore {minutes} min`,
'more': `dudak COMMANDE --help en dit plus.`,
'next': `Ensuite :`,
'note': `Remarque : {text}`,
'report': `Rapport : {file}`,
'row': `ligne {line} : {why}`,
'secondsLeft': `encore {seconds} s`,
'seeHelp': `Voir dudak {command} --help.`,
'sheet': `Planche-contact : {file}`,
'stage:decoding': `lecture des fichiers`,
'stage:done': `terminé`,
'stage:encoding': `écriture de la vidéo`,
'stage:finding faces': `recherche des visages`,
'stage:listening': `écoute de la voix`,
'stage:loading models': `chargement des modèles`,
'stage:queued': `en attente`,
'stage:rendering': `calcul des images`,
'stopIt': `Arrêtez-le avec Ctrl-C.`,
'studioAt': `Dudak est à {address}`,
'template:page': `une page simple, sans bundler`,
'template:react': `le composant React`,
'template:vite': `l’API JavaScript dans un projet Vite`,
'template:voice-agent': `un visage en direct qui répond, avec micro`,
'thereAlready': `déjà là`,
'unknownCommand': `il n’y a pas de commande « {name} ».`,
'usage': `Utilisation : dudak COMMANDE [options]`,
    };
  