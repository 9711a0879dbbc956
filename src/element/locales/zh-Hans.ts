
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'almost': `即将完成`,
'cancel': `取消`,
'choose': `选择声音`,
'download': `下载`,
'generate': `生成`,
'hear': `点击收听`,
'left': `左`,
'noVoice': `还没有声音`,
'play': `播放`,
'ready': `完成`,
'record': `录制声音`,
'right': `右`,
'speaking': `正在说话`,
'starting': `正在启动`,
'stays': `不会离开此设备`,
'stop': `停止`,
'stopRecording': `停止录音`,
'stopTalking': `停止说话`,
'talk': `用麦克风说话`,
'timeLeft': `剩余 {seconds} 秒`,
'tryAgain': `重试`,
'voice': `声音`,
    };
  