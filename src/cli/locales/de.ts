
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'cannotListen': `Dort kann nichts lauschen ({code}). Wählen Sie einen anderen --port oder --host.`,
'command:batch': `macht aus jeder Zeile einer Tabelle (CSV) ein Video`,
'command:create': `schreibt ein kleines Projekt für den Anfang`,
'command:demo': `rendert das mitgelieferte Beispiel (oder eigene Dateien) und einen Kontaktbogen`,
'command:jobs': `listet, zeigt, wiederholt und bricht die Aufträge des Gateways ab`,
'command:keys': `erzeugt, listet und widerruft API-Schlüssel`,
'command:model': `prüft ein eigenes Lippenmodell`,
'command:render': `lässt ein Bild sprechen`,
'command:serve': `beantwortet die REST-API auf diesem Rechner`,
'command:studio': `stellt die Studioseite auf diesem Rechner bereit`,
'command:work': `führt Aufträge für Gateways auf anderen Rechnern aus`,
'fault:empty': `Es gibt keine Zeilen`,
'fault:file': `{column}: Die Datei {value} gibt es nicht`,
'fault:missing': `„{column}“ ist leer`,
'fault:unclosed': `Das Anführungszeichen in Zeile {column} schließt nie; was folgt, ist eine Zelle`,
'fault:unknown': `Die Spalte „{column}“ gibt es nicht; sie wird ausgelassen`,
'fault:value': `„{value}“ geht nicht für „{column}“`,
'made': `{file}: {size}, {seconds} s, {frames} Bilder, in {took} s auf {backend} mit {encoder} gemacht; Startwert {seed}`,
'minutesLeft': `noch {minutes} min`,
'more': `dudak BEFEHL --help sagt mehr.`,
'next': `Als Nächstes:`,
'note': `Hinweis: {text}`,
'report': `Bericht: {file}`,
'row': `Zeile {line}: {why}`,
'secondsLeft': `noch {seconds} s`,
'seeHelp': `Siehe dudak {command} --help.`,
'sheet': `Kontaktbogen: {file}`,
'stage:decoding': `Dateien werden gelesen`,
'stage:done': `fertig`,
'stage:encoding': `Video wird geschrieben`,
'stage:finding faces': `Gesichter werden gesucht`,
'stage:listening': `Stimme wird gehört`,
'stage:loading models': `Modelle werden geladen`,
'stage:queued': `wartet`,
'stage:rendering': `Bilder werden gerendert`,
'stopIt': `Mit Strg-C beenden.`,
'studioAt': `Dudak ist unter {address}`,
'template:page': `eine schlichte Seite ohne Bundler`,
'template:react': `die React-Komponente`,
'template:vite': `die JavaScript-API in einem Vite-Projekt`,
'template:voice-agent': `ein lebendes Gesicht, das antwortet, mit Mikrofon`,
'thereAlready': `schon vorhanden`,
'unknownCommand': `Den Befehl „{name}“ gibt es nicht.`,
'usage': `Aufruf: dudak BEFEHL [Optionen]`,
    };
  