
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'cannotListen': `orada dinlenemiyor ({code}). Başka bir --port ya da --host seçin.`,
'command:batch': `bir tablonun (CSV) her satırından video yapar`,
'command:create': `başlangıç için küçük bir proje yazar`,
'command:demo': `birlikte gelen örneği (ya da kendi dosyalarınızı) ve bir kare dökümü üretir`,
'command:jobs': `ağ geçidinin işlerini listeler, gösterir, yineler ve iptal eder`,
'command:keys': `API anahtarı oluşturur, listeler ve geçersiz kılar`,
'command:model': `kendi dudak modelinizi inceler`,
'command:render': `bir resmi konuşturur`,
'command:serve': `bu makinede REST API’sini yanıtlar`,
'command:studio': `stüdyo sayfasını bu makinede sunar`,
'command:work': `başka makinelerdeki ağ geçitlerinin işlerini yapar`,
'fault:empty': `hiç satır yok`,
'fault:file': `{column}: {value} diye bir dosya yok`,
'fault:missing': `"{column}" boş`,
'fault:unclosed': `{column}. satırdaki tırnak hiç kapanmıyor; ardından gelen her şey tek hücre`,
'fault:unknown': `"{column}" diye bir sütun yok; atlandı`,
'fault:value': `"{column}" için "{value}" olmaz`,
'made': `{file}: {size}, {seconds} sn, {frames} kare; {backend} üzerinde {encoder} ile {took} sn sürdü; tohum {seed}`,
'minutesLeft': `{minutes} dk kaldı`,
'more': `dudak KOMUT --help daha fazlasını anlatır.`,
'next': `Sonra:`,
'note': `Not: {text}`,
'report': `Rapor: {file}`,
'row': `{line}. satır: {why}`,
'secondsLeft': `{seconds} sn kaldı`,
'seeHelp': `dudak {command} --help yazın.`,
'sheet': `Kare dökümü: {file}`,
'stage:decoding': `dosyalar okunuyor`,
'stage:done': `bitti`,
'stage:encoding': `video yazılıyor`,
'stage:finding faces': `yüzler aranıyor`,
'stage:listening': `ses dinleniyor`,
'stage:loading models': `modeller yükleniyor`,
'stage:queued': `bekliyor`,
'stage:rendering': `görüntü üretiliyor`,
'stopIt': `Ctrl-C ile durdurun.`,
'studioAt': `Dudak şurada: {address}`,
'template:page': `paketleyicisiz, sade bir sayfa`,
'template:react': `React bileşeni`,
'template:vite': `bir Vite projesinde JavaScript API’si`,
'template:voice-agent': `mikrofonla konuşulan, yanıt veren canlı bir yüz`,
'thereAlready': `zaten var`,
'unknownCommand': `"{name}" diye bir komut yok.`,
'usage': `Kullanım: dudak KOMUT [seçenekler]`,
    };
  