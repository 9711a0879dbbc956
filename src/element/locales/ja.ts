
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'almost': `まもなく完了`,
'cancel': `キャンセル`,
'choose': `声を選択`,
'download': `ダウンロード`,
'generate': `生成`,
'hear': `クリックして聞く`,
'left': `左`,
'noVoice': `声はまだありません`,
'play': `再生`,
'ready': `完了`,
'record': `声を録音`,
'right': `右`,
'speaking': `話しています`,
'starting': `開始しています`,
'stays': `このデバイスから出ません`,
'stop': `停止`,
'stopRecording': `録音を停止`,
'stopTalking': `話すのをやめる`,
'talk': `マイクで話す`,
'timeLeft': `残り {seconds} 秒`,
'tryAgain': `再試行`,
'voice': `声`,
    };
  