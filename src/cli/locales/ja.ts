
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'cannotListen': `そこでは待ち受けできません（{code}）。別の --port か --host を選んでください。`,
'command:batch': `表（CSV）の各行から動画を作る`,
'command:create': `始めるための小さなプロジェクトを書く`,
'command:demo': `付属の見本（または自分のファイル）とコンタクトシートを作る`,
'command:jobs': `ゲートウェイのジョブを一覧、表示、再実行、中止する`,
'command:keys': `API キーを作成、一覧、失効する`,
'command:model': `自分のリップシンクモデルを調べる`,
'command:render': `画像に話をさせる`,
'command:serve': `この機械で REST API に応答する`,
'command:studio': `この機械でスタジオのページを提供する`,
'command:work': `別の機械のゲートウェイのジョブを実行する`,
'fault:empty': `行がありません`,
'fault:file': `{column}: ファイル {value} がありません`,
'fault:missing': `「{column}」が空です`,
'fault:unclosed': `{column} 行目の引用符が閉じていません。以降は一つのセルになります`,
'fault:unknown': `「{column}」という列はないので無視します`,
'fault:value': `「{column}」に「{value}」は使えません`,
'made': `{file}: {size}、{seconds} 秒、{frames} フレーム、{backend} と {encoder} で {took} 秒、シード {seed}`,
'minutesLeft': `残り {minutes} 分`,
'more': `詳しくは dudak コマンド --help をご覧ください。`,
'next': `次に:`,
'note': `注意: {text}`,
'report': `レポート: {file}`,
'row': `{line} 行目: {why}`,
'secondsLeft': `残り {seconds} 秒`,
'seeHelp': `dudak {command} --help をご覧ください。`,
'sheet': `コンタクトシート: {file}`,
'stage:decoding': `ファイルを読み込み中`,
'stage:done': `完了`,
'stage:encoding': `動画を書き出し中`,
'stage:finding faces': `顔を探しています`,
'stage:listening': `音声を聞いています`,
'stage:loading models': `モデルを読み込み中`,
'stage:queued': `待機中`,
'stage:rendering': `描画中`,
'stopIt': `Ctrl-C で止めます。`,
'studioAt': `Dudak のアドレス: {address}`,
'template:page': `バンドラーなしの普通のページ`,
'template:react': `React コンポーネント`,
'template:vite': `Vite プロジェクトでの JavaScript API`,
'template:voice-agent': `マイクに答えるライブの顔`,
'thereAlready': `すでにあります`,
'unknownCommand': `「{name}」というコマンドはありません。`,
'usage': `使い方: dudak コマンド [オプション]`,
    };
  