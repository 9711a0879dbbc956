
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'advice:face/largest': `Si ce n’est pas la bonne personne, choisissez le visage et relancez le rendu.`,
'advice:face/small': `Recadrez l’image plus près du visage, ou prenez-en une plus grande.`,
'advice:face/turned': `Un visage de face bouge pleinement ; jusqu’à 15°, le résultat est le meilleur.`,
'advice:face/weakened': `Un visage de face bouge pleinement ; jusqu’à 15°, le résultat est le meilleur.`,
'advice:mouth/small': `Recadrez l’image plus près du visage, ou prenez-en une plus grande.`,
'advice:picture/cut-short': `Recopiez le fichier de l’image depuis son origine.`,
'advice:picture/not-enlarged': `Pour une vidéo plus grande, prenez une image plus grande.`,
'advice:sound/damaged': `Recopiez le fichier du son depuis son origine.`,
'advice:video/cut-short': `Recopiez le fichier de la vidéo depuis son origine.`,
'advice:video/faceless': `Ces images ne montrent aucun visage, ou un visage détourné, caché ou très petit. Là où un visage aurait dû être trouvé, coupez la vidéo ou prenez-en une plus grande.`,
'advice:video/largest-face': `Choisissez le visage, ou peignez un masque dessus, et relancez le rendu.`,
'advice:video/not-enlarged': `Pour un résultat plus grand, prenez une vidéo plus grande.`,
'advice:video/speaking-face': `Si ce n’est pas la bonne personne, choisissez le visage et relancez le rendu.`,
'advice:voice/unheard': `Prenez une voix plus forte, ou une sans musique ni bruit.`,
'again': `Pour le refaire`,
'againNote': `Les mêmes fichiers, réglages et graine donnent les mêmes images sur le même backend.`,
'doubts': `Ce qu’il faut vérifier`,
'face': `Visage {number}`,
'faces': `Visages`,
'files': `Fichiers`,
'frame': `Image {frame}`,
'framesHash': `Images avant l’encodage`,
'left': `Images restées telles quelles`,
'leftNone': `Aucune : chaque image a un visage qui parle.`,
'leftRanges': `Images {ranges}.`,
'made': `{width} × {height}, {seconds} s, {frames} images à {fps} par seconde ; {encoder}, réseaux sur {backend}. Créé par {engine} ({model}).`,
'mouth': `Bouche`,
'mouthOf': `Bouche {number}`,
'mouthWidth': `Largeur de la bouche`,
'nothing': `Rien n’a été trouvé.`,
'noTimeline': `Non conservé : cette tâche vient d’une version plus ancienne.`,
'range': `{first}–{last} ({from}–{to} s)`,
'result': `Résultat`,
'seed': `Graine`,
'speaks': `parle ; cadre {box} px`,
'stage:decoding': `Lire les fichiers`,
'stage:done': `Terminé`,
'stage:encoding': `Écrire la vidéo`,
'stage:finding faces': `Trouver les visages`,
'stage:listening': `Écouter`,
'stage:loading models': `Charger les modèles`,
'stage:queued': `En attente`,
'stage:rendering': `Rendu`,
'still': `reste tel quel ; cadre {box} px`,
'strength': `Force`,
'time': `Temps par étape`,
'title': `Rapport : {name}`,
'video': `Au fil de la vidéo`,
'videoLabel': `Voix, ouverture de la bouche et force au fil de la vidéo`,
'videoNote': `Voix : volume. Bouche : combien la voix l’ouvre ; les marques noires sont les lèvres fermées par un p, b ou m. Force : la part du mouvement que prend le visage ; moins s’il est tourné ou caché, aucune là où l’image est restée telle quelle. Sur une image fixe elle est pleine du début à la fin ; un visage trop tourné est signalé plus haut.`,
'voice': `Voix`,
'voiceOf': `Voix {number}`,
    };
  