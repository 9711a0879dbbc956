
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'advice:face/largest': `Se for a pessoa errada, escolha o rosto e renderize de novo.`,
'advice:face/small': `Corte a imagem mais perto do rosto ou use uma maior.`,
'advice:face/turned': `Um rosto de frente se move por completo; até 15° fica melhor.`,
'advice:face/weakened': `Um rosto de frente se move por completo; até 15° fica melhor.`,
'advice:mouth/small': `Corte a imagem mais perto do rosto ou use uma maior.`,
'advice:picture/cut-short': `Copie de novo o arquivo da imagem a partir da origem.`,
'advice:picture/not-enlarged': `Para um vídeo maior, use uma imagem maior.`,
'advice:sound/damaged': `Copie de novo o arquivo de som a partir da origem.`,
'advice:video/cut-short': `Copie de novo o arquivo do vídeo a partir da origem.`,
'advice:video/faceless': `Estes quadros não mostram rosto, ou um virado, coberto ou muito pequeno. Onde um rosto deveria ter sido encontrado, corte o vídeo ali ou use um maior.`,
'advice:video/largest-face': `Escolha o rosto, ou pinte uma máscara sobre ele, e renderize de novo.`,
'advice:video/not-enlarged': `Para um resultado maior, use um vídeo maior.`,
'advice:video/speaking-face': `Se for a pessoa errada, escolha o rosto e renderize de novo.`,
'advice:voice/unheard': `Use uma voz mais alta, ou uma sem música nem ruído.`,
'again': `Para fazer de novo`,
'againNote': `Os mesmos arquivos, configurações e semente dão os mesmos quadros no mesmo backend.`,
'doubts': `O que vale conferir`,
'face': `Rosto {number}`,
'faces': `Rostos`,
'files': `Arquivos`,
'frame': `Quadro {frame}`,
'framesHash': `Quadros antes da codificação`,
'left': `Quadros que ficaram como estavam`,
'leftNone': `Nenhum: cada quadro tem um rosto que fala.`,
'leftRanges': `Quadros {ranges}.`,
'made': `{width} × {height}, {seconds} s, {frames} quadros a {fps} por segundo; {encoder}, redes em {backend}. Feito por {engine} ({model}).`,
'mouth': `Boca`,
'mouthOf': `Boca {number}`,
'mouthWidth': `Largura da boca`,
'nothing': `Nada foi encontrado.`,
'noTimeline': `Não foi guardado: este trabalho é de uma versão anterior.`,
'range': `{first}–{last} ({from}–{to} s)`,
'result': `Resultado`,
'seed': `Semente`,
'speaks': `fala; caixa {box} px`,
'stage:decoding': `Ler os arquivos`,
'stage:done': `Pronto`,
'stage:encoding': `Gravar o vídeo`,
'stage:finding faces': `Encontrar rostos`,
'stage:listening': `Ouvir`,
'stage:loading models': `Carregar os modelos`,
'stage:queued': `Aguardando`,
'stage:rendering': `Renderizar`,
'still': `fica como está; caixa {box} px`,
'strength': `Força`,
'time': `Tempo por etapa`,
'title': `Relatório: {name}`,
'video': `Ao longo do vídeo`,
'videoLabel': `Voz, abertura da boca e força ao longo do vídeo`,
'videoNote': `Voz: volume. Boca: quanto a voz a abre; as marcas pretas são lábios fechados por p, b ou m. Força: quanto do movimento o rosto recebe; menos quando está virado ou coberto, nenhuma onde o quadro ficou como estava. Em uma imagem ela é plena do início ao fim; um rosto virado demais é citado acima.`,
'voice': `Voz`,
'voiceOf': `Voz {number}`,
    };
  