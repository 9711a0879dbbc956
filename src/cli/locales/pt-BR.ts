
    // Do not modify this file by hand!
    // Re-generate this file by running lit-localize

    
    

    /* eslint-disable no-irregular-whitespace */
    /* eslint-disable @typescript-eslint/no-explicit-any */

    export const templates = {
      'cannotListen': `nada pode escutar ali ({code}). Escolha outro --port ou --host.`,
'command:batch': `faz um vídeo de cada linha de uma tabela (CSV)`,
'command:create': `escreve um pequeno projeto para começar`,
'command:demo': `gera o exemplo incluído (ou seus arquivos) e uma folha de contato`,
'command:jobs': `lista, mostra, repete e cancela os trabalhos do gateway`,
'command:keys': `cria, lista e revoga chaves da API`,
'command:model': `examina um modelo de lábios seu`,
'command:render': `faz uma imagem falar`,
'command:serve': `responde à API REST nesta máquina`,
'command:studio': `serve a página do estúdio nesta máquina`,
'command:work': `executa trabalhos para gateways de outras máquinas`,
'fault:empty': `não há linhas`,
'fault:file': `{column}: não existe o arquivo {value}`,
'fault:missing': `“{column}” está vazio`,
'fault:unclosed': `as aspas da linha {column} nunca fecham; o que segue é uma só célula`,
'fault:unknown': `não existe a coluna “{column}”; ela foi deixada de fora`,
'fault:value': `“{value}” não serve para “{column}”`,
'made': `{file}: {size}, {seconds} s, {frames} quadros, feito em {took} s em {backend} com {encoder}; semente {seed}`,
'minutesLeft': `faltam {minutes} min`,
'more': `dudak COMANDO --help conta mais.`,
'next': `A seguir:`,
'note': `Nota: {text}`,
'report': `Relatório: {file}`,
'row': `linha {line}: {why}`,
'secondsLeft': `faltam {seconds} s`,
'seeHelp': `Veja dudak {command} --help.`,
'sheet': `Folha de contato: {file}`,
'stage:decoding': `lendo os arquivos`,
'stage:done': `pronto`,
'stage:encoding': `gravando o vídeo`,
'stage:finding faces': `procurando rostos`,
'stage:listening': `ouvindo a voz`,
'stage:loading models': `carregando os modelos`,
'stage:queued': `na fila`,
'stage:rendering': `gerando as imagens`,
'stopIt': `Pare com Ctrl-C.`,
'studioAt': `Dudak está em {address}`,
'template:page': `uma página simples, sem empacotador`,
'template:react': `o componente React`,
'template:vite': `a API JavaScript em um projeto Vite`,
'template:voice-agent': `um rosto ao vivo que responde, com microfone`,
'thereAlready': `já existe`,
'unknownCommand': `não existe o comando “{name}”.`,
'usage': `Uso: dudak COMANDO [opções]`,
    };
  