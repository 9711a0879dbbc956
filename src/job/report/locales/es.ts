
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'advice:face/largest': `Si es la persona equivocada, elige la cara y renderiza de nuevo.`,
'advice:face/small': `Recorta la imagen más cerca de la cara o usa una mayor.`,
'advice:face/turned': `Una cara de frente se mueve por completo; hasta 15° se ve mejor.`,
'advice:face/weakened': `Una cara de frente se mueve por completo; hasta 15° se ve mejor.`,
'advice:mouth/small': `Recorta la imagen más cerca de la cara o usa una mayor.`,
'advice:picture/cut-short': `Copia de nuevo el archivo de la imagen desde su origen.`,
'advice:picture/not-enlarged': `Para un vídeo mayor, usa una imagen mayor.`,
'advice:sound/damaged': `Copia de nuevo el archivo de sonido desde su origen.`,
'advice:video/cut-short': `Copia de nuevo el archivo del vídeo desde su origen.`,
'advice:video/faceless': `Estos fotogramas no muestran ninguna cara, o una girada, tapada o muy pequeña. Donde debería haberse encontrado una, corta el vídeo ahí o usa uno mayor.`,
'advice:video/largest-face': `Elige la cara, o pinta una máscara sobre ella, y renderiza de nuevo.`,
'advice:video/not-enlarged': `Para un resultado mayor, usa un vídeo mayor.`,
'advice:video/speaking-face': `Si es la persona equivocada, elige la cara y renderiza de nuevo.`,
'advice:voice/unheard': `Usa una voz más fuerte, o una sin música ni ruido.`,
'again': `Para volver a hacerlo`,
'againNote': `Los mismos archivos, ajustes y semilla dan los mismos fotogramas en el mismo backend.`,
'doubts': `Qué conviene revisar`,
'face': `Cara {number}`,
'faces': `Caras`,
'files': `Archivos`,
'frame': `Fotograma {frame}`,
'framesHash': `Fotogramas antes de codificar`,
'left': `Fotogramas que quedaron como estaban`,
'leftNone': `Ninguno: cada fotograma tiene una cara que habla.`,
'leftRanges': `Fotogramas {ranges}.`,
'made': `{width} × {height}, {seconds} s, {frames} fotogramas a {fps} por segundo; {encoder}, redes en {backend}. Hecho por {engine} ({model}).`,
'mouth': `Boca`,
'mouthOf': `Boca {number}`,
'mouthWidth': `Anchura de la boca`,
'nothing': `No se ha encontrado nada.`,
'noTimeline': `No se guardó: este trabajo es de una versión anterior.`,
'range': `{first}–{last} ({from}–{to} s)`,
'result': `Resultado`,
'seed': `Semilla`,
'speaks': `habla; recuadro {box} px`,
'stage:decoding': `Leer los archivos`,
'stage:done': `Listo`,
'stage:encoding': `Escribir el vídeo`,
'stage:finding faces': `Encontrar caras`,
'stage:listening': `Escuchar`,
'stage:loading models': `Cargar los modelos`,
'stage:queued': `En espera`,
'stage:rendering': `Renderizar`,
'still': `queda como está; recuadro {box} px`,
'strength': `Fuerza`,
'time': `Tiempo por etapa`,
'title': `Informe: {name}`,
'video': `A lo largo del vídeo`,
'videoLabel': `Voz, apertura de la boca y fuerza a lo largo del vídeo`,
'videoNote': `Voz: volumen. Boca: cuánto la abre la voz; las marcas negras son labios cerrados por una p, b o m. Fuerza: cuánto del movimiento toma la cara; menos si está girada o tapada, nada donde el fotograma quedó como estaba. En una imagen es plena de principio a fin; una cara demasiado girada se indica arriba.`,
'voice': `Voz`,
'voiceOf': `Voz {number}`,
    };
  