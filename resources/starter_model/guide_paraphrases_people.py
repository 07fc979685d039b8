"""A fourth helping of free wordings: how different people put it, short and long, polite and cross, in good and bad English."""
PEOPLE = r"""
what_is_inglenook: what is app for do? ; pls explain what program this ; what am I supposed to do with this software ; is it some AI chat on my own machine? ; so what is this, a chatbot? ; what does Inglenook offer me ; describe the purpose of the tool ; can you tell in few words what the program is ; who is this made for and what does it do
new_chat: new conversation how ; i want new talk pls ; make me new chat ; how create other dialogue ; I wish to begin another conversation ; could you tell me where a new conversation is started ; I need to switch to a totally new subject, what do I click ; where is "new"? ; how start empty ; opening another conversation ; beginning a further thread
send_message: how i send? ; i write but no send ; which is send key ; how can message be sent ; could you tell me how a message is sent off ; sending my text, how ; how do i make the question go to ai ; I have typed, and? ; where write ; where's the textbox ; enter or what
new_line: how make new line ; enter send but i need line below ; line break pls ; how do I write on two lines ; is it possible to break a line without sending the message? ; newline shortcut ; I need an empty line between my paragraphs ; add another line to my message ; shift something for new line? ; second line in the text box
stop_answer: how stop it ; it not stop ; stop answer key ; please make it end ; it keeps on writing, how can I stop this ; stopping the output early ; the reply is much too long, can I cut it ; I clicked by mistake, cancel that answer ; escape? ; interrupt while running ; halt now ; can I make it stop talking
continue_answer: answer not complete ; it stop in middle ; how make it continue ; more please it cut ; the text was cut off at the end ; could it continue with its answer ; resume writing ; it ended too early, what can be done ; finish the text ; let it write further
edit_message: how change my message ; i make mistake in question ; can edit after send? ; I would like to correct the message I have sent ; editing my own text ; my question contains an error ; reword the question ; changing what I asked before ; I want to alter my last message ; replace a word in my message
regenerate: other answer pls ; again but different ; answer is bad do again ; how make it answer one more time ; I would like to receive a different answer ; new attempt ; can the model try once more ; want better answer ; repeat the generation ; give alternative answer ; answer me again in another way
versions: old answer where ; how see first answer again ; what is 2/3 ; I made a new answer and now I'd like the old one again ; earlier versions of the message ; switch back to the version before ; the arrows with the numbers, what are they ; the counter under the message ; previous version please
branch: go back and try other way ; two ways from same message ; how to branch off ; I'd like to go on from an earlier message but keep the rest ; splitting the conversation ; separate path from the middle ; try an alternative course of conversation ; make a fork here
delete_message: delete one message how ; remove my last message ; take away single answer ; I'd like to remove only this message ; one message must be deleted ; erase this answer only ; can a single message be removed ; drop the last answer
delete_chat: how delete conversation ; remove old talk from list ; i want delete all this chat ; I'd like to delete an entire conversation ; how can old conversations be removed ; getting rid of a conversation ; clear this thread out ; remove it from the list on the left ; kill this thread
undo: i delete wrong ; get back deleted chat ; undo how ; I have deleted a conversation by mistake, can it be restored ; recover what was deleted ; I removed it accidentally ; cancel the deletion ; restoring something deleted ; deleted, but I need it
rename_chat: change name of conversation ; how give title ; rename how ; I would like to change the title of this conversation ; the title should be another ; giving a talk my own title ; set title ; edit heading ; name this conversation
find_chat: find old conversation ; where my chat from last week ; search all chats ; I would like to find a conversation from some time ago ; how do I search in my old conversations ; looking for an earlier talk ; locate a conversation by a word ; find what I asked once ; search history for a keyword ; I need to see an old answer again, where do I look
find_here: find word in this chat ; search inside conversation ; where is word on this page ; I would like to search within the open conversation ; looking up a word in the current chat ; search this page ; find text here
pin_folder: chat stay on top ; put chats in folder ; sort my chats ; I would like to keep one conversation at the top ; organising the conversations ; can I arrange the list in groups ; pin ; folder for work ; how do I keep a favourite at hand
duplicate: copy chat ; make same chat two times ; I would like to have a copy of this conversation ; copying an entire conversation ; duplicate how
temporary_chat: chat no save ; secret chat possible? ; I would like a conversation that isn't stored ; private conversation without history ; not save this chat ; nobody should be able to see later that I asked this ; chat that leaves nothing behind
copy_text: copy how ; take text out ; i want copy answer to other program ; I would like to copy the answer ; how do I copy the code ; getting the answer into my document ; put text to clipboard ; paste the reply elsewhere
attach_file: can read file? ; give pdf to ai ; how add document ; I would like to ask something about a PDF ; adding files to the conversation ; can I upload a text ; send document ; use my own documents with it ; load my pdf ; put my file in chat
queue_message: can i write when it answer ; send next while busy ; I would like to ask the next question before the answer ends ; typing during the answer ; is it allowed to send another message while it is writing ; next message already ; message waiting
background_answers: it answer in other chat too? ; change chat while answer running ; I would like to read another conversation while it answers ; do answers continue when I switch ; two answers at the same time ; dot in list what is ; symbol next to the title that turns
models_folder: where model folder ; change model place ; where put model files ; I would like to keep the models on another drive ; the location of the model files ; which folder are the models in ; use other disk for models ; where are models saved
add_model: add my gguf ; how use model file i have ; i have downloaded model now what ; I would like to use a model that I downloaded ; adding a model from disk ; install a gguf ; getting a new model into the program ; my model not in list ; load model from file
download_model: where download model ; get bigger model ; i want better ai ; I would like to download another model ; how do I get a larger model ; more models please ; can it download models itself ; where are good models to be found ; want llama how ; a smarter AI, where from
download_interrupted: download stop ; download broken ; continue download ; my download was interrupted, what should I do ; the download failed halfway ; download does not finish ; lost connection in download ; incomplete download
switch_model: change model how ; use other model ; i want other ai ; I would like to talk to another model ; how is the model changed ; selecting another model ; go to bigger model ; choose model ; where to change the model ; use a different AI in this chat
which_model: which model for me ; what best model 8gb ; recommend please model ; I would like to know which model suits my computer ; choosing a model ; what do you recommend for my PC ; best ai for laptop ; good model for text writing ; which one should a newcomer choose
model_size_params: what is 7b ; what mean b in 8b ; bigger b better? ; what does the number in the model's name mean ; the number of parameters, what does it tell ; size of models explained ; how large are the models
gguf: what gguf ; gguf is what file ; which file type for model ; what kind of file must a model be ; explain the gguf format ; file format of models ; can it open gguf
convert: make gguf from safetensors ; convert model how ; my model not gguf ; I have a model in a different format ; converting a model ; can safetensors be opened ; pytorch model to gguf
quantisation: what is quantization ; why many files same model ; what means q4 q5 q8 ; what is the meaning of these quant names ; explain quantisation to me ; what is lost by quantising ; smaller file of same model
choose_quant: which quant i take ; best quant for me ; q4 q5 q6 which ; which of the many levels should I choose ; what level is recommended ; which quantisation is right for me ; choose file of model
q4_k_m: is q4 good ; what is q4_k_m ; q4km ok? ; is the four bit file good enough ; quality of q4_k_m ; explain q4_k_m
q8_0: is q8 better ; what is q8_0 ; q8 worth? ; is the eight bit file worthwhile ; quality of q8_0 ; explain q8_0
q5_q6: what is q5_k_m ; is q6 good ; q5 or q6 ; are five or six bits worthwhile ; explain q6_k ; quality of q5
q2_q3: is q2 ok ; q3 very bad? ; what is q2_k ; are two or three bits usable ; explain q3 ; quality of q2
f16: what f16 ; f16 need? ; bf16 what ; is the full precision worthwhile ; explain f16 ; unquantised weights, why
mxfp4: what iq4_xs ; q4_0 ok? ; mxfp4 what ; explain the IQ formats ; does Q4_0 work here ; can it read mxfp4
quantize_cmd: how quantize model self ; make q4 from f16 ; quantize command ; I would like to quantise a model myself ; making a model file smaller ; produce a quant
imatrix: what imatrix ; importance matrix for what ; explain the importance matrix ; should I take the imatrix file
perplexity: how measure quality of quant ; what perplexity ; how do I find out how good a quant is ; measuring the quality loss ; score of quality
model_memory: how much ram for 7b ; ram need? ; 16gb enough? ; I would like to know how much memory a model takes ; the memory a model needs ; is my RAM sufficient for it ; how big model can I use ; vram for 13b ; what size of model goes in 8 GB ; gigabytes for a model
does_not_fit: model too big ; not enough memory ; out of memory error ; the model does not fit, what should I do ; my memory isn't sufficient for this model ; cannot load because memory ; too large for gpu ; how do I run a model larger than my memory
partly_cpu: half gpu half cpu ; layers on gpu how many ; offload ; can the model be divided between GPU and CPU ; part of the model on the processor ; gpu layers setting
context_length: it forget ; how long memory of chat ; make context bigger ; it does not remember the beginning of our conversation ; the length of the context ; how much text can it keep ; bigger context how ; max text length ; remember more of the conversation
context_full: context full what do ; chat too long ; no more space in context ; the context is used up, what now ; what is to be done when the conversation is too long ; limit of context reached
token: what is token ; how many word in token ; token means ; what does one understand by a token ; how are tokens counted ; tokens and words
kv_cache: what kv cache ; cache for what ; explain the kv cache ; what does the cache contain ; why a cache
reopen_instant: why old chat fast open ; cache stay after restart? ; why does an old conversation open so quickly ; does it have to read the conversation again ; fast return to a conversation ; after restart slow first answer
reused_tokens: what reused ; reused tokens mean ; what does the number of reused tokens say ; the status line says reused ; tokens reused zero
cache_quota: cache too big on disk ; delete cache how ; disk full cache ; how much disk does the cache use ; limiting the cache ; clear cache files
kv_type: q8 cache how ; cache smaller ; cache type change ; can the cache be quantised ; saving memory with the cache type
draft_model: what is draft model ; use draft how ; small model help big? ; what is the draft model there for ; using a second small model ; draft for speed
speculation: what speculative decoding ; guess tokens how ; explain speculative decoding ; how does guessing tokens make it faster ; is the output the same with speculation
draft_refused: draft not work ; draft refused why ; why isn't my draft model accepted ; tokenizer of draft different ; pairing two models fails
no_gain_draft: draft not faster ; low acceptance why ; why does the draft model bring no speed ; speculation has no effect
tensor_parallel: two gpu how ; use both gpu ; second gpu help? ; I would like to use both of my graphics cards ; one model on two cards ; several gpus together ; more than one graphics card
uneven_split: two gpu not same ; different gpus how split ; how is a model shared between unlike cards ; more layers on the bigger card ; share per card
layer_split: layer split or tensor split ; what difference split ; how do the two kinds of split differ ; row split
gpu_not_used: gpu not work ; why not use gpu ; gpu 0% ; my graphics card isn't used, what can I do ; it runs on the CPU although I have a GPU ; graphics card not found ; gpu not detected ; only cpu works why ; make use of the graphics card ; no gpu in list
drivers: what driver need ; driver old? ; need cuda install? ; which driver is required for my card ; updating the graphics driver ; is cuda necessary
cuda_vulkan_cpu: cuda or vulkan what better ; change backend how ; what is vulkan ; which of the backends should be used ; the difference between cuda and vulkan ; use cpu not gpu
amd_intel: amd work? ; radeon ok? ; intel gpu work? ; does it support AMD graphics cards ; is an Intel graphics card suitable ; no nvidia is ok?
cpu_only: need gpu? ; work on laptop no gpu? ; only cpu ok? ; is a graphics card required ; will it work on a weak computer ; what computer is necessary ; old pc ok? ; requirements
threads: how many threads ; use all cores how ; change threads ; how many threads should be set ; the number of processor cores used ; less cores please
slow: very slow ; why so slow ; how make fast ; too slow what do ; I would like faster answers ; answers take too long ; increasing the speed ; my ai is slow ; slow on my pc ; it is terribly slow today ; how can I get more speed out of it
tokens_per_second: what tok/s ; how many tokens second good ; speed number mean ; what does tokens per second tell me ; where is the speed shown ; is my speed normal
ttft: why wait before answer ; first word slow ; long time before it start ; why does it take so long until the answer begins ; the delay before the first word ; start of answer slow
load_time: model load slow ; unload model how ; free memory from model ; why does loading the model take so long ; removing the model from memory ; give memory back
temperature: what temperature ; more creative how ; too random answer ; what does the temperature do ; making the answers more creative ; less random please ; which temperature for facts
top_p: what top p ; top p set ; explain top-p ; what does top-p do
top_k: what top k ; top k set ; explain top-k ; what does top-k do
min_p: what min p ; min p set ; explain min-p ; what does min-p do
seed: same answer every time how ; what seed ; set seed ; why is the answer different every time ; getting the identical answer again ; repeat exactly
repeat_penalty: it repeat always same ; same sentence again again ; loop how stop ; why does the model repeat itself ; the answer is an endless loop ; avoid repeats
sampling: sampling settings where ; what sampling ; how are the words chosen ; the settings for generating ; good settings for code
system_prompt: how give role ; always answer german how ; system prompt where ; I would like it to always answer in a certain style ; giving the model instructions for everything ; tell ai to be short always ; make it behave like an expert ; instruction for every chat
presets: save settings how ; preset what ; can my settings be saved as a profile ; several profiles of settings ; reuse my settings
structured_output: want json only ; force json ; how do I get valid JSON ; output in a fixed format ; schema for the answer
thinking: why it think so long ; hide thinking ; thinking off ; can the thinking be switched off ; the model thinks too long ; no reasoning please
themes: dark mode how ; too bright ; change color ; I would like a dark background ; how is dark mode turned on ; white screen hurts ; light mode back ; make window dark
text_size: text too small ; bigger font how ; zoom ; I would like larger letters ; how is the font size changed ; cannot read small text ; make letters big ; text is too large now
shortcuts: which shortcuts ; keys list ; keyboard how ; I would like to see all keyboard shortcuts ; what keys can be used ; control by keyboard ; hotkey list
palette: command palette where ; ctrl k ; is there a command palette ; search for commands
sidebar: sidebar gone ; hide list how ; list of chats away ; where has the list of conversations gone ; hiding the sidebar ; show the list again ; left side empty
details_panel: where details ; show graphs ; more numbers please ; where are the details of an answer shown ; is there a panel with figures
settings: where settings ; change options ; reset all ; where can the settings be found ; how do I change the preferences ; everything back to default ; open options
language: change language ; german please ; other language menu ; can the language of the program be changed ; menus in my language ; not english
accessibility: for blind people? ; screen reader work? ; no animation ; is the program accessible ; can it be used by disabled people
privacy: is private? ; my data safe? ; you send my data? ; who can see my conversations ; does my text leave the computer ; is everything I write confidential ; are my inputs stored on a server ; is somebody reading this ; data secure?
offline: work no internet? ; offline ok? ; need wifi? ; is an internet connection required ; can it be used without a network ; internet gone, still works? ; no internet at home
data_location: where my chats saved ; data folder where ; which file chats ; where are the conversations stored on my computer ; location of my data ; find database file ; take chats to new pc
backup: make backup how ; save all chats safe ; disk break what ; how do I back up my conversations ; protecting my data from loss ; restore old state ; copy of all data
crash_safety: program crash lost? ; power off lost? ; must save? ; what happens to my conversation if the computer crashes ; is everything saved automatically ; data lost after crash ; it crashed while answering
export: save chat to file ; print chat ; send chat to friend ; how can a conversation be saved as a document ; exporting a conversation ; chat to pdf ; share conversation
import: import chatgpt ; take old chats from other app ; can conversations from another program be imported ; bringing my history along ; read chatgpt export
local_api: is api? ; use from python ; connect other program ; can other programs use the model ; is there a programming interface ; server mode ; openai api
remote_engines: use server ; connect other computer ; cloud model possible? ; can a model on another computer be used ; connecting to a remote server ; use my openai key
tools_mcp: can search web? ; use tools? ; mcp? ; can the model do things on my computer ; are plugins supported ; can it go on the internet for me
doctor: check my computer ; test system ; something wrong check ; how do I check whether everything works ; testing my hardware ; make diagnosis
bench: measure speed ; benchmark how ; test how fast ; how can the speed of my computer be measured ; comparing speeds ; speed test
nook_cli: use in terminal ; command line? ; no window ; can it be used without a window ; commands for the terminal ; shell use ; nook how
inspect: look in file ; what is in gguf ; show model info ; how do I see what a model file contains ; information about a model file
install_windows: windows? ; install windows how ; does it run on my Windows computer ; windows program ; microsoft
install_linux: install linux how ; ubuntu? ; debian package ; how is it installed on Linux ; building it on my linux machine
macos: mac? ; iphone? ; android? ; does it run on an Apple computer ; is there a version for phones
update: update how ; new version? ; how do I get the newest version ; updating the program ; is it automatically updated
uninstall: uninstall how ; remove program ; how do I remove the program completely ; deleting the application ; take it off my pc
starter_model: what model you ; how big you ; you small? ; which model am I talking with ; what are you exactly, a big model? ; why are your answers so short ; you know little why ; are you chatgpt
guide_limits: you right always? ; can trust you? ; you make mistakes? ; are your answers reliable ; how far can I rely on you ; you said wrong thing ; is that true what you say
training_origin: who made you ; how you made ; what data you learn ; how were you trained and by whom ; where does your knowledge come from ; your training
no_learning: you remember me? ; you learn from me? ; do you remember what I told you in another conversation ; does the model learn from my messages ; will you know my name next time
fit_label: what means fits ; fits why ; what does the label next to the model mean ; how is it known that a model fits
first_start: i am new help ; how begin ; what do first ; I have started the program for the first time, what now ; first steps for beginners ; introduction please ; how does one use this program
drafts_unsent: my text not sent lost? ; is unsent message kept ; what happens to a message that I haven't sent ; half typed text
code_blocks: how show code ; code too wide ; how is program code shown ; code in colour
markdown: show table? ; formula? ; can it show tables and formulas ; formatted text
chat_template: model write nonsense why ; model talk to itself ; strange symbols in answer ; my new model gives garbage ; wrong template
architectures: which models work ; llama work? ; gemma ok? ; which model families are supported ; is my model supported
moe: what moe ; mixtral work? ; explain mixture of experts ; are moe models supported
vision: can see picture? ; make image? ; can I show it a photo ; does it understand images
voice: can speak? ; voice input? ; can I talk to it with my voice ; read aloud please
multi_user: other people see my chat? ; password? ; can several people use it ; protect my conversations from others on this computer
gpu_memory_other: gpu memory full ; what vram ; what uses the memory of my graphics card ; how much video memory is free
bandwidth: why gpu faster than cpu ; what limit speed ; what is the speed limited by ; is memory speed important
notifications: tell when done ; notification? ; can it notify me when the answer is finished ; sound at the end
several_windows: two windows? ; open second time ; can a second window be opened ; two chats on screen
jump_chats: next chat key ; change chat by keyboard ; how do I move between conversations with keys
follow_stream: page jump when read ; not scroll ; the text scrolls while I am reading ; go to end of page
rope_scaling: longer context than model ; yarn what ; can the context be extended beyond training
speed_q4_q8: q4 faster than q8? ; which fast q4 q8 ; is a smaller quant faster
delete_model: delete model file ; remove model how ; how do I delete a model from my disk ; models take much space
license: free? ; cost? ; use in company? ; is the program free of charge ; may it be used commercially
report_bug: report bug where ; program has error ; where can I report a problem ; contact to developers ; need help from person
error_corrupt: cannot load model ; file broken? ; error when open model ; the model file is said to be damaged ; why isn't my file opened
engine_process: what engine ; which engine is used ; what does the engine do ; is llama.cpp used
power_heat: laptop hot ; fan loud ; battery empty fast ; why does my computer get so warm ; less noise please
hello_world_code: write code ; fix my python ; can you program ; I need help with a program ; write a script for me
embeddings: make embeddings ; vectors of text ; can embeddings be made
layers_attention: how ai work ; how you work ; explain how a language model works
attention_what: what transformer ; what attention ; explain attention
prompt_tips: how ask better ; good prompt how ; how should a question be asked ; it does not understand me
summarize_docs: make summary ; long text short ; can it summarise a document ; summary of my text please
multi_select: delete many chats ; select many ; how do I delete several conversations together
quality_local_vs_cloud: better than chatgpt? ; why local? ; what are the advantages of a local model ; local or cloud
ctx_vs_memory: why context need ram ; memory for 32k ; how much memory does a larger context take
sidebar_dates: how list sorted ; order of chats ; why is the list in this order
proxy: proxy set where ; token for hugging face ; model needs login
hash_check: check file hash ; sha256 how ; how do I check that a file is intact
"""
