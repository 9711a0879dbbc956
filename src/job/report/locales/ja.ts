
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'advice:face/largest': `別の人だった場合は、顔を選んでもう一度レンダリングしてください。`,
'advice:face/small': `画像を顔の近くで切り抜くか、大きな画像を使ってください。`,
'advice:face/turned': `正面の顔は完全に動きます。15°までが最もきれいです。`,
'advice:face/weakened': `正面の顔は完全に動きます。15°までが最もきれいです。`,
'advice:mouth/small': `画像を顔の近くで切り抜くか、大きな画像を使ってください。`,
'advice:picture/cut-short': `画像ファイルを元の場所からもう一度コピーしてください。`,
'advice:picture/not-enlarged': `大きな動画には大きな画像を使ってください。`,
'advice:sound/damaged': `音声ファイルを元の場所からもう一度コピーしてください。`,
'advice:video/cut-short': `動画ファイルを元の場所からもう一度コピーしてください。`,
'advice:video/faceless': `これらのフレームには顔がないか、横を向いたり隠れたり非常に小さかったりします。顔が見つかるはずの箇所では動画を切り分けるか、大きなものを使ってください。`,
'advice:video/largest-face': `顔を選ぶか、その上にマスクを塗って、もう一度レンダリングしてください。`,
'advice:video/not-enlarged': `大きな結果には大きな動画を使ってください。`,
'advice:video/speaking-face': `別の人だった場合は、顔を選んでもう一度レンダリングしてください。`,
'advice:voice/unheard': `より大きな声か、音楽や雑音のない声を使ってください。`,
'again': `もう一度作るには`,
'againNote': `同じファイル、設定、シードは、同じバックエンドで同じフレームになります。`,
'doubts': `確認したい箇所`,
'face': `顔 {number}`,
'faces': `顔`,
'files': `ファイル`,
'frame': `フレーム {frame}`,
'framesHash': `エンコード前のフレーム`,
'left': `そのまま残したフレーム`,
'leftNone': `なし：すべてのフレームに話す顔があります。`,
'leftRanges': `フレーム {ranges}。`,
'made': `{width} × {height}、{seconds} 秒、毎秒 {fps} フレームで {frames} フレーム。{encoder}、ネットワークは {backend}。作成：{engine}（{model}）。`,
'mouth': `口`,
'mouthOf': `口 {number}`,
'mouthWidth': `口の幅`,
'nothing': `何も見つかりませんでした。`,
'noTimeline': `保存されていません。古いバージョンがこのジョブを作成しました。`,
'range': `{first}–{last}（{from}–{to} 秒）`,
'result': `結果`,
'seed': `シード`,
'speaks': `話す。枠 {box} px`,
'stage:decoding': `ファイルの読み込み`,
'stage:done': `完了`,
'stage:encoding': `動画の書き出し`,
'stage:finding faces': `顔の検出`,
'stage:listening': `聴き取り`,
'stage:loading models': `モデルの読み込み`,
'stage:queued': `待機`,
'stage:rendering': `レンダリング`,
'still': `そのまま。枠 {box} px`,
'strength': `強さ`,
'time': `段階ごとの時間`,
'title': `レポート：{name}`,
'video': `動画の流れ`,
'videoLabel': `動画に沿った声、口の開き、強さ`,
'videoNote': `声：音量。口：声が口を開く大きさ。黒い印は p・b・m で閉じる唇です。強さ：動きのうち顔が受け取る割合。横を向いたり隠れたりすると小さく、フレームをそのまま残した箇所では 0 です。静止画では常に最大です。横を向きすぎた顔は上に記します。`,
'voice': `声`,
'voiceOf': `声 {number}`,
    };
  