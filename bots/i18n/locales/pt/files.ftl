# Arquivos, pastas e configurações.

error-FolderUnusable = Não é possível gravar nada na pasta { $folder }.
error-FolderUnusable-full = Não há mais espaço em { $folder }. Libere espaço ou indique outra pasta.
error-FolderUnusable-read_only = A pasta { $folder } é somente leitura para este usuário. Indique outra ou permita a gravação nela.
error-FolderUnusable-no_folder = { $folder } não é uma pasta. Indique uma, ou um caminho onde ela possa ser criada.
error-FolderUnusable-missing = A pasta { $folder } não existe ou desapareceu. Crie-a ou indique outra.
error-NoSuchFile = Não existe o arquivo { $file }.
error-NoSuchFile-folder = { $file } é uma pasta. Indique as músicas que estão nela.
error-NoSuchFile-none = Nenhuma música foi indicada. Por exemplo: separate song.mp3 drumless.
error-NoSuchFile-terminal = Nada chega pelo pipe. Indique um arquivo ou envie uma música por um pipe.
error-NoSuchFile-device = { $file } não é um arquivo nem um pipe.
error-SongRefused-unreadable = Não é possível ler o arquivo { $file }: { $why }.
cli-song_limit = STEMBOT_SONG_LIMIT_S define este limite.
cli-model_replaced = Os pesos de { $model } estão danificados, então { $by } foi usado. Para substituí-los: stembot models pull { $model }
cli-unknown_words = não compreendido: { $words }
cli-separate-words = músicas (ou - para a entrada padrão) e o que fazer delas: voz, sem bateria, sem baixo, todas as faixas … (padrão: todas)
cli-separate-overwrite = substituir arquivos de mesmo nome; sem isso, os novos recebem um número
partial = O arquivo está incompleto ou danificado: deveria durar { $said_s }, mas só { $song_s } puderam ser lidos. Isto é o que havia.
error-NotAudio-damaged = Esse arquivo está danificado: nada nele pode ser tocado. Tente outra cópia.
error-ConfigError-port_taken = A porta { $value } está em uso por outro programa. Pare-o ou defina outra porta em { $setting }.
error-ConfigError-host = { $setting } é { $value }, que não é um endereço desta máquina.
error-ConfigError-scheme = { $setting } começa com { $value }, que não conheço. Use { $known }.
error-ConfigError-damaged = O banco de dados { $value } está danificado ou não é meu. Restaure-o de um backup ou mova-o para recomeçar.
error-ConfigError-later_version = O banco de dados é de uma versão mais nova do Stembot. Atualize esta instalação.
