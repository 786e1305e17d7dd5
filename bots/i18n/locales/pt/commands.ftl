# Nomes e descrições de comandos e permissões, para menus: no máximo 100 caracteres.

command-start = O que eu sei fazer
command-help = Como pedir
command-vocals = Só voz
command-instrumental = Instrumental (sem voz)
command-drumless = Sem bateria
command-bassless = Sem baixo
command-stems = Cada faixa em um arquivo próprio
command-mixer = Um link para o mixer
command-queue = Mostrar seu lugar na fila
command-cancel = Cancelar suas músicas na fila
command-privacy = Que dados eu guardo
command-separate = Separar uma música em faixas
command-separate-file = A música: qualquer arquivo de áudio ou vídeo
command-separate-want = voz, instrumental, sem bateria, sem baixo, todas as faixas…
command-separate-format = mp3, flac, wav, ogg, m4a ou stem.mp4
command-separate-quality = Igual à música, ou 16 bits, 24 bits, 32 bits float, 320, 192, 128 kbit/s
command-menu = Separar faixas
permission-send_messages = enviar mensagens
permission-attach_files = anexar arquivos
permission-embed_links = inserir links
permission-send_messages_in_threads = escrever em tópicos
permission-view_channel = ver este canal
permission-read_message_history = ler este canal
