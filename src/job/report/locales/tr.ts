
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'advice:face/largest': `Yanlış kişiyse yüzü seçip yeniden oluşturun.`,
'advice:face/small': `Resmi yüze daha yakın kırpın ya da daha büyük bir resim kullanın.`,
'advice:face/turned': `Önden görünen bir yüz tam hareket eder; en iyisi 15° dönüşe kadardır.`,
'advice:face/weakened': `Önden görünen bir yüz tam hareket eder; en iyisi 15° dönüşe kadardır.`,
'advice:mouth/small': `Resmi yüze daha yakın kırpın ya da daha büyük bir resim kullanın.`,
'advice:picture/cut-short': `Resim dosyasını geldiği yerden yeniden kopyalayın.`,
'advice:picture/not-enlarged': `Daha büyük bir video için daha büyük bir resim kullanın.`,
'advice:sound/damaged': `Ses dosyasını geldiği yerden yeniden kopyalayın.`,
'advice:video/cut-short': `Video dosyasını geldiği yerden yeniden kopyalayın.`,
'advice:video/faceless': `Bu karelerde yüz yok ya da yüz dönük, örtülü veya çok küçük. Bir yüz bulunmalıydıysa videoyu orada kesin ya da daha büyüğünü kullanın.`,
'advice:video/largest-face': `Yüzü seçin ya da üzerine maske boyayın ve yeniden oluşturun.`,
'advice:video/not-enlarged': `Daha büyük bir sonuç için daha büyük bir video kullanın.`,
'advice:video/speaking-face': `Yanlış kişiyse yüzü seçip yeniden oluşturun.`,
'advice:voice/unheard': `Daha yüksek bir ses ya da müziksiz ve gürültüsüz bir kayıt kullanın.`,
'again': `Yeniden yapmak için`,
'againNote': `Aynı dosyalar, ayarlar ve tohum aynı arka uçta aynı kareleri verir.`,
'doubts': `Bir daha bakılması gereken yerler`,
'face': `Yüz {number}`,
'faces': `Yüzler`,
'files': `Dosyalar`,
'frame': `Kare {frame}`,
'framesHash': `Kodlamadan önceki kareler`,
'left': `Olduğu gibi bırakılan kareler`,
'leftNone': `Yok: her karede konuşan bir yüz var.`,
'leftRanges': `Kareler: {ranges}.`,
'made': `{width} × {height}, {seconds} sn, saniyede {fps} kareyle {frames} kare; {encoder}, ağlar: {backend}. Oluşturan: {engine} ({model}).`,
'mouth': `Ağız`,
'mouthOf': `Ağız {number}`,
'mouthWidth': `Ağız genişliği`,
'nothing': `Hiçbir şey bulunmadı.`,
'noTimeline': `Saklanmadı: bu işi eski bir sürüm yaptı.`,
'range': `{first}–{last} ({from}–{to} sn)`,
'result': `Sonuç`,
'seed': `Tohum`,
'speaks': `konuşur; kutu {box} px`,
'stage:decoding': `Dosyaları okuma`,
'stage:done': `Bitti`,
'stage:encoding': `Videoyu yazma`,
'stage:finding faces': `Yüzleri bulma`,
'stage:listening': `Sesi çözümleme`,
'stage:loading models': `Modelleri yükleme`,
'stage:queued': `Bekleme`,
'stage:rendering': `İşleme`,
'still': `olduğu gibi kalır; kutu {box} px`,
'strength': `Güç`,
'time': `Aşamalara göre süre`,
'title': `Rapor: {name}`,
'video': `Video boyunca`,
'videoLabel': `Video boyunca ses, ağız açıklığı ve güç`,
'videoNote': `Ses: gürlük. Ağız: sesin onu ne kadar açtığı; siyah işaretler p, b, m için kapanan dudaklardır. Güç: hareketin ne kadarının yüze geçtiği; yüz dönük ya da örtülüyse azalır, kare olduğu gibi bırakıldıysa sıfırdır. Resimde baştan sona tamdır; fazla dönük bir yüz yukarıda belirtilir.`,
'voice': `Ses`,
'voiceOf': `Ses {number}`,
    };
  