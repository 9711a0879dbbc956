
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'cannotListen': `无法在那里监听（{code}）。请换一个 --port 或 --host。`,
'command:batch': `把表格（CSV）的每一行做成视频`,
'command:create': `写一个可供起步的小项目`,
'command:demo': `渲染自带的示例（或您自己的文件）和一张联系表`,
'command:jobs': `列出、查看、重试和取消网关的任务`,
'command:keys': `创建、列出和吊销 API 密钥`,
'command:model': `检查您自己的口型模型`,
'command:render': `让图片说话`,
'command:serve': `在本机应答 REST API`,
'command:studio': `在本机提供工作室页面`,
'command:work': `为其他机器上的网关执行任务`,
'fault:empty': `没有任何行`,
'fault:file': `{column}：没有文件 {value}`,
'fault:missing': `“{column}”是空的`,
'fault:unclosed': `第 {column} 行的引号没有闭合；其后都算作一个单元格`,
'fault:unknown': `没有“{column}”这一列；已略去`,
'fault:value': `“{value}”不能用于“{column}”`,
'made': `{file}：{size}，{seconds} 秒，{frames} 帧，在 {backend} 上用 {encoder} 做了 {took} 秒；种子 {seed}`,
'minutesLeft': `还剩 {minutes} 分钟`,
'more': `dudak 命令 --help 说明更多。`,
'next': `接下来：`,
'note': `注意：{text}`,
'report': `报告：{file}`,
'row': `第 {line} 行：{why}`,
'secondsLeft': `还剩 {seconds} 秒`,
'seeHelp': `请看 dudak {command} --help。`,
'sheet': `联系表：{file}`,
'stage:decoding': `正在读取文件`,
'stage:done': `完成`,
'stage:encoding': `正在写入视频`,
'stage:finding faces': `正在寻找人脸`,
'stage:listening': `正在听声音`,
'stage:loading models': `正在载入模型`,
'stage:queued': `等待中`,
'stage:rendering': `正在渲染`,
'stopIt': `按 Ctrl-C 停止。`,
'studioAt': `Dudak 的地址：{address}`,
'template:page': `不用打包工具的普通页面`,
'template:react': `React 组件`,
'template:vite': `Vite 项目里的 JavaScript API`,
'template:voice-agent': `用麦克风对话、会回答的实时面孔`,
'thereAlready': `已经有了`,
'unknownCommand': `没有“{name}”这个命令。`,
'usage': `用法：dudak 命令 [选项]`,
    };
  