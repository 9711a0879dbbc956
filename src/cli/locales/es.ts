
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'cannotListen': `ahí no se puede escuchar ({code}). Elija otro --port u otro --host.`,
'command:batch': `hace un vídeo de cada fila de una tabla (CSV)`,
'command:create': `escribe un pequeño proyecto para empezar`,
'command:demo': `genera el ejemplo incluido (o sus propios archivos) y una hoja de contactos`,
'command:jobs': `enumera, muestra, repite y cancela los trabajos de la pasarela`,
'command:keys': `crea, enumera y revoca claves de la API`,
'command:model': `examina un modelo de labios propio`,
'command:render': `hace hablar a una imagen`,
'command:serve': `responde a la API REST en este equipo`,
'command:studio': `sirve la página del estudio en este equipo`,
'command:work': `ejecuta trabajos para pasarelas de otros equipos`,
'fault:empty': `no hay filas`,
'fault:file': `{column}: no existe el archivo {value}`,
'fault:missing': `«{column}» está vacío`,
'fault:unclosed': `las comillas de la línea {column} no se cierran; lo que sigue es una sola celda`,
'fault:unknown': `no existe la columna «{column}»; se omite`,
'fault:value': `«{value}» no vale para «{column}»`,
'made': `{file}: {size}, {seconds} s, {frames} fotogramas, hecho en {took} s en {backend} con {encoder}; semilla {seed}`,
'minutesLeft': `quedan {minutes} min`,
'more': `dudak ORDEN --help cuenta más.`,
'next': `A continuación:`,
'note': `Nota: {text}`,
'report': `Informe: {file}`,
'row': `fila {line}: {why}`,
'secondsLeft': `quedan {seconds} s`,
'seeHelp': `Vea dudak {command} --help.`,
'sheet': `Hoja de contactos: {file}`,
'stage:decoding': `leyendo los archivos`,
'stage:done': `hecho`,
'stage:encoding': `escribiendo el vídeo`,
'stage:finding faces': `buscando caras`,
'stage:listening': `escuchando la voz`,
'stage:loading models': `cargando los modelos`,
'stage:queued': `en espera`,
'stage:rendering': `generando las imágenes`,
'stopIt': `Deténgalo con Ctrl-C.`,
'studioAt': `Dudak está en {address}`,
'template:page': `una página sencilla, sin empaquetador`,
'template:react': `el componente de React`,
'template:vite': `la API de JavaScript en un proyecto de Vite`,
'template:voice-agent': `una cara en vivo que responde, con micrófono`,
'thereAlready': `ya existe`,
'unknownCommand': `no existe la orden «{name}».`,
'usage': `Uso: dudak ORDEN [opciones]`,
    };
  