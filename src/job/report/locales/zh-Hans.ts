
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'advice:face/largest': `如果不是该人物，请选择人脸并重新渲染。`,
'advice:face/small': `请将图片裁得更靠近人脸，或使用更大的图片。`,
'advice:face/turned': `正面的人脸运动完整；15°以内效果最好。`,
'advice:face/weakened': `正面的人脸运动完整；15°以内效果最好。`,
'advice:mouth/small': `请将图片裁得更靠近人脸，或使用更大的图片。`,
'advice:picture/cut-short': `请从来源处重新复制图片文件。`,
'advice:picture/not-enlarged': `要更大的视频，请使用更大的图片。`,
'advice:sound/damaged': `请从来源处重新复制声音文件。`,
'advice:video/cut-short': `请从来源处重新复制视频文件。`,
'advice:video/faceless': `这些帧没有人脸，或人脸侧转、被遮挡或过小。若该处应有人脸，请在那里剪开视频，或使用更大的视频。`,
'advice:video/largest-face': `请选择人脸，或在其上绘制蒙版，然后重新渲染。`,
'advice:video/not-enlarged': `要更大的结果，请使用更大的视频。`,
'advice:video/speaking-face': `如果不是该人物，请选择人脸并重新渲染。`,
'advice:voice/unheard': `请使用更响亮的声音，或没有音乐与噪声的声音。`,
'again': `重新制作所需`,
'againNote': `相同的文件、设置和种子在同一后端上得到相同的帧。`,
'doubts': `需要留意的地方`,
'face': `人脸 {number}`,
'faces': `人脸`,
'files': `文件`,
'frame': `第 {frame} 帧`,
'framesHash': `编码前的帧`,
'left': `保持原样的帧`,
'leftNone': `无：每一帧都有说话的人脸。`,
'leftRanges': `帧 {ranges}。`,
'made': `{width} × {height}，{seconds} 秒，每秒 {fps} 帧共 {frames} 帧；{encoder}，网络运行于 {backend}。由 {engine} 制作（{model}）。`,
'mouth': `嘴`,
'mouthOf': `嘴 {number}`,
'mouthWidth': `嘴宽`,
'nothing': `没有发现问题。`,
'noTimeline': `未保存：此任务由旧版本完成。`,
'range': `{first}–{last}（{from}–{to} 秒）`,
'result': `结果`,
'seed': `种子`,
'speaks': `说话；框 {box} px`,
'stage:decoding': `读取文件`,
'stage:done': `完成`,
'stage:encoding': `写入视频`,
'stage:finding faces': `寻找人脸`,
'stage:listening': `聆听`,
'stage:loading models': `加载模型`,
'stage:queued': `等待`,
'stage:rendering': `渲染`,
'still': `保持原样；框 {box} px`,
'strength': `强度`,
'time': `各阶段用时`,
'title': `报告：{name}`,
'video': `视频全程`,
'videoLabel': `视频全程的声音、嘴部张开与强度`,
'videoNote': `声音：响度。嘴：声音使嘴张开的程度；黑色标记是发 p、b、m 时闭合的双唇。强度：人脸得到的运动比例；侧转或被遮挡时减小，保持原样的帧为零。图片全程为满；侧转过大的人脸见上文。`,
'voice': `声音`,
'voiceOf': `声音 {number}`,
    };
  