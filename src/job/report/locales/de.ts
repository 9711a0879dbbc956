
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'advice:face/largest': `Ist es die falsche Person, das Gesicht wählen und neu rendern.`,
'advice:face/small': `Das Bild näher am Gesicht zuschneiden oder ein größeres nehmen.`,
'advice:face/turned': `Ein Gesicht von vorn bewegt sich voll; bis 15° sieht es am besten aus.`,
'advice:face/weakened': `Ein Gesicht von vorn bewegt sich voll; bis 15° sieht es am besten aus.`,
'advice:mouth/small': `Das Bild näher am Gesicht zuschneiden oder ein größeres nehmen.`,
'advice:picture/cut-short': `Die Bilddatei noch einmal von der Quelle kopieren.`,
'advice:picture/not-enlarged': `Für ein größeres Video ein größeres Bild nehmen.`,
'advice:sound/damaged': `Die Tondatei noch einmal von der Quelle kopieren.`,
'advice:video/cut-short': `Die Videodatei noch einmal von der Quelle kopieren.`,
'advice:video/faceless': `Diese Bilder zeigen kein Gesicht oder eines, das abgewandt, verdeckt oder sehr klein ist. Wo eines hätte gefunden werden sollen, das Video dort schneiden oder ein größeres nehmen.`,
'advice:video/largest-face': `Das Gesicht wählen oder eine Maske darüber malen und neu rendern.`,
'advice:video/not-enlarged': `Für ein größeres Ergebnis ein größeres Video nehmen.`,
'advice:video/speaking-face': `Ist es die falsche Person, das Gesicht wählen und neu rendern.`,
'advice:voice/unheard': `Eine lautere Stimme nehmen oder eine ohne Musik und Geräusche.`,
'again': `Um es noch einmal zu erzeugen`,
'againNote': `Dieselben Dateien, Einstellungen und derselbe Seed ergeben auf demselben Backend dieselben Bilder.`,
'doubts': `Wo man genauer hinsehen sollte`,
'face': `Gesicht {number}`,
'faces': `Gesichter`,
'files': `Dateien`,
'frame': `Bild {frame}`,
'framesHash': `Bilder vor dem Kodieren`,
'left': `Bilder, die blieben, wie sie waren`,
'leftNone': `Keine: Jedes Bild hat ein Gesicht, das spricht.`,
'leftRanges': `Bilder {ranges}.`,
'made': `{width} × {height}, {seconds} s, {frames} Bilder mit {fps} je Sekunde; {encoder}, Netze auf {backend}. Erzeugt von {engine} ({model}).`,
'mouth': `Mund`,
'mouthOf': `Mund {number}`,
'mouthWidth': `Breite des Mundes`,
'nothing': `Nichts gefunden.`,
'noTimeline': `Nicht aufbewahrt: Der Auftrag stammt von einer älteren Version.`,
'range': `{first}–{last} ({from}–{to} s)`,
'result': `Ergebnis`,
'seed': `Seed`,
'speaks': `spricht; Rahmen {box} px`,
'stage:decoding': `Dateien lesen`,
'stage:done': `Fertig`,
'stage:encoding': `Video schreiben`,
'stage:finding faces': `Gesichter finden`,
'stage:listening': `Zuhören`,
'stage:loading models': `Modelle laden`,
'stage:queued': `Warten`,
'stage:rendering': `Rendern`,
'still': `bleibt, wie es ist; Rahmen {box} px`,
'strength': `Stärke`,
'time': `Zeit nach Schritten`,
'title': `Bericht: {name}`,
'video': `Über das Video hinweg`,
'videoLabel': `Stimme, Öffnung des Mundes und Stärke über das Video hinweg`,
'videoNote': `Stimme: Lautstärke. Mund: wie weit die Stimme ihn öffnet; schwarze Markierungen stehen für Lippen, die sich bei p, b oder m schließen. Stärke: wie viel der Bewegung das Gesicht annimmt; weniger, wenn es gedreht oder verdeckt ist, keine, wo das Bild blieb, wie es war. Bei einem Bild ist sie durchweg voll; ein zu weit gedrehtes Gesicht steht oben.`,
'voice': `Stimme`,
'voiceOf': `Stimme {number}`,
    };
  