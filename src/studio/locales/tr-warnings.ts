import type { WarningCode } from "../../job/warnings.ts";

/** Turkish of every warning of the engine, with the same `{names}` as the English. */
const WARNINGS_IN_TURKISH: Readonly<Record<WarningCode, string>> = {
  "picture/animated": "Resim hareketli; ilk karesi kullanıldı.",
  "picture/transparent": "Resmin saydam yerleri var; bunlar açık gri üzerinde gösterildi.",
  "picture/cut-short": "Resim dosyası yarım kalmış; bazı yerleri eksik olabilir.",
  "picture/not-enlarged":
    "Resim seçilen boyuttan küçük, bu yüzden büyütülmedi (resim {size}, seçilen {resolution}).",
  "video/not-enlarged":
    "Video seçilen boyuttan küçük, bu yüzden büyütülmedi (video {size}, seçilen {resolution}).",
  "video/hdr": "Video yüksek dinamik aralıklı; standart aralığa çevrildi.",
  "video/transparent": "Videonun saydam yerleri var; bunlar açık gri üzerinde gösterildi.",
  "video/reshaped":
    "Videonun kareleri biçim değiştiriyor; sonrakiler siyah şeritler arasında bütün olarak gösterildi.",
  "video/cut-short":
    "Video yarım kalmış; okunabilen bölümü kullanıldı ({total} saniyenin {seconds} saniyesi).",
  "video/faceless":
    "Bazı karelerde değiştirilebilecek bir yüz yok; bunlar olduğu gibi bırakıldı ({frames} / {total} kare).",
  "video/largest-face":
    "{faces} yüz bulundu; en büyüğü konuşturuldu. Başkalarını bir maskeyle seçebilirsiniz.",
  "video/speaking-face": "{faces} yüz bulundu; konuşan yüz seçildi. Başkalarını bir maskeyle seçebilirsiniz.",
  "face/largest": "{faces} yüz bulundu; en büyüğü konuşturuldu.",
  "face/under-mask": "{faces} yüz bulundu; maskenin altındaki konuşturuldu.",
  "face/outermost": "{faces} yüz bulundu; en soldaki ve en sağdaki konuşturuldu.",
  "face/turned": "Baş {degrees}° dönük; ağız, önden görünen bir yüze göre daha az oynar.",
  "face/weakened":
    "Yüz {degrees}° yana dönük; ağzın hareket gücü %{percent}. Önden çekilmiş bir resim daha iyi görünür.",
  "face/small": "Yüz küçük (gözler arası {pixels} piksel), bu yüzden ağızda az ayrıntı görünür.",
  "mouth/small": "Ağzın genişliği yalnızca {pixels} piksel; daha büyük bir yüz daha çok ayrıntı gösterir.",
  "sound/damaged": "Ses {seconds}. saniyeden sonra bozuk; okunabilen kısmı kullanılıyor.",
  "voice/unheard":
    "Seste konuşma duyulmadı, bu yüzden ağız kapalı kalır. Doğru kaydı seçtiğinizden emin olun.",
  "prompt/unknown": "Stildeki şu sözler anlaşılmadı: {words}.",
  "page/insecure":
    "Sayfa https ya da localhost üzerinden açılmadı; tarayıcı kodlayıcılarını ve iş parçacıklarını vermiyor, iş kat kat uzun sürer.",
  "model/licence": "Dudakları çizen model: {model}; lisansı: {licence}. {terms}",
  "model/device-differs":
    "Grafik işlemcisi işlemciden başka sayılar verdiği için model işlemcide çalıştı, bu daha yavaştır (model: {model}, grafik işlemcisi: {adapter}, fark: %{percent}).",
  "model/device-refused":
    "Model grafik işlemcisinde çalıştırılamadığı için işlemcide çalıştı, bu daha yavaştır (model: {model}, grafik işlemcisi: {adapter}).",
  "model/device-lost":
    "Denemede grafik işlemcisinden yanıt gelmediği için model işlemcide çalıştı, bu daha yavaştır (model: {model}, grafik işlemcisi: {adapter}).",
  "model/unchecked":
    "Model işlemcide çalıştırılamadı, bu yüzden grafik işlemcisindeki sayılarının doğru olup olmadığı bilinmiyor (model: {model}).",
  "request/unknown-field": "{field}: bu istekte böyle bir alan yok, dikkate alınmadı.",
};

/** By message id, as {@link "../warning-text.ts"} asks for them. */
export const warningTemplates: Record<string, string> = Object.fromEntries(
  Object.entries(WARNINGS_IN_TURKISH).map(([code, text]) => [`warning:${code}`, text]),
);
