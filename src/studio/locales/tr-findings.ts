/**
 * Turkish of what the engine finds out about a lip-sync model, by the English sentence; `{name}` stands for a value,
 * which is technical and the same in both.
 */
export const FINDINGS_IN_TURKISH: Readonly<Record<string, string>> = {
  "ONNX, opset {opset}, written by {producer}; {bytes}, {weights} million weights ({types}).":
    "ONNX, opset {opset}, yazan: {producer}; {bytes}, {weights} milyon ağırlık ({types}).",
  "ONNX, opset {opset}; {bytes}, {weights} million weights ({types}).":
    "ONNX, opset {opset}; {bytes}, {weights} milyon ağırlık ({types}).",
  "Inputs: {ports}.": "Girişler: {ports}.",
  "Outputs: {ports}.": "Çıkışlar: {ports}.",
  "Sound: {mel}, 80 mel bands × 16 columns (0.2 s). Face: {face}, {size} px, six channels, {layout}. Result: {output}, {side} px, {order}.":
    "Ses: {mel}, 80 mel bandı × 16 sütun (0,2 sn). Yüz: {face}, {size} px, altı kanal, {layout}. Sonuç: {output}, {side} px, {order}.",
  "It takes any number of frames at a time.": "Bir seferde dilediğiniz sayıda kare alır.",
  "It takes {batch} frames at a time.": "Bir seferde aldığı kare sayısı: {batch}.",
  "A graph does not tell the order of colours and pictures; assumed are BGR and the masked picture first, as in the original.":
    "Renklerin ve resimlerin sırası dosyadan anlaşılmaz; özgün modeldeki gibi BGR ve önce maskeli resim varsayıldı.",
  "Its size is open; 96 px is assumed, as in the original.":
    "Boyutu belirtilmemiş; özgün modeldeki gibi 96 px varsayıldı.",
  "Its weights lie in other files ({files}). Save it as one file below 2 GB (in Python: onnx.save(model, path, save_as_external_data=False)).":
    "Ağırlıkları başka dosyalarda ({files}). 2 GB’ın altında tek dosya olarak kaydedin (Python: onnx.save(model, path, save_as_external_data=False)).",
  "It uses operators of {domains}, which a browser's onnxruntime does not have. Export it with standard operators.":
    "Tarayıcıdaki onnxruntime’da olmayan işleçler kullanıyor ({domains}). Standart işleçlerle dışa aktarın.",
  "It lacks {parts}. Only models of the Wav2Lip family are recognised by themselves; describe any other with a manifest.":
    "Eksik olan: {parts}. Kendiliğinden yalnızca Wav2Lip ailesi tanınır; başka bir modeli bir bildirimle tanıtın.",
  "It wants more inputs than sound and face: {ports}.": "Ses ve yüzden başka giriş de istiyor: {ports}.",
  "Its inputs or outputs are neither float32, float16 nor uint8. Export it with float inputs.":
    "Girişleri ya da çıkışları float32, float16 ya da uint8 değil. Float girişlerle dışa aktarın.",
  "It takes {size} px and gives {side} px; the sides must be equal.":
    "{size} px alıp {side} px veriyor; ikisi eşit olmalı.",
  "It looks like MuseTalk's U-Net, which needs an image autoencoder and Whisper's features besides; this engine has neither.":
    "MuseTalk’ın U-Net’ine benziyor; yanında bir görüntü kodlayıcısı ve Whisper öznitelikleri ister, bu motorda ikisi de yok.",
  "It looks like DINet, which hears DeepSpeech features; this engine computes mel features only.":
    "DINet’e benziyor; DeepSpeech öznitelikleri ister, bu motor yalnızca mel hesaplar.",
  "It looks like an Ultralight Digital Human, which hears HuBERT or WeNet features; this engine computes mel features only.":
    "Ultralight Digital Human’a benziyor; HuBERT ya da WeNet öznitelikleri ister, bu motor yalnızca mel hesaplar.",
  "It looks like a SyncNet, which judges lip-sync and paints nothing.":
    "SyncNet’e benziyor; dudak uyumunu ölçer, görüntü çizmez.",
  "Its input has five dimensions, as in training, where several frames go in at once. Export it for inference, with four.":
    "Girişi, birden çok karenin birlikte girdiği eğitimdeki gibi beş boyutlu. Çalıştırma için dört boyutla dışa aktarın.",
  "Three faces of {size} px came back for three sounds.": "Üç ses için {size} px’lik üç yüz geldi.",
  "All values are numbers.": "Bütün değerler sayı.",
  "{broken} of {all} values are not numbers.": "Sayı olmayan değerler: {broken} / {all}.",
  "Values lie between {least} and {most}; {low} to {high} is declared.":
    "Değer aralığı: {least} – {most}; bildirilen: {low} – {high}.",
  "The lower half changes by {motion} of 255 between silence, a vowel and a hiss.":
    "Alt yarı sessizlik, ünlü ve hışırtı arasında 255 üzerinden {motion} değişiyor.",
  "With another reference picture the result changes by {change} of 255.":
    "Başka bir başvuru resmiyle sonuç 255 üzerinden {change} değişiyor.",
  "A face by itself differs by {apart} of 255 from the same one among others.":
    "Tek başına işlenen yüz, başkalarıyla işlenenden 255 üzerinden {apart} farklı.",
  "Red and blue seem exchanged between what goes in and what comes out; try the other colour order.":
    "Girenle çıkan arasında kırmızı ve mavi yer değiştirmiş görünüyor; öteki renk sırasını deneyin.",
  "The upper half follows the reference picture; try the manifest with the reference first.":
    "Üst yarı başvuru resmini izliyor; başvurunun önce geldiği bildirimi deneyin.",
};
