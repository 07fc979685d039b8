"""Free wordings of the remaining topics, pairs of look-alike questions on different topics, and sentences around a question.

REST and CONTRAST: one line per topic and step, 'topic: question ; question ; ...'. $names: see corpus.py.
BEFORE and AFTER: sentences that people put around a question and that say nothing about its topic.
"""
REST = r"""
nook_cli: {chat|talk|use it} in {a shell|bash|a console|a terminal|text mode|tmux} ; {over|via|through} {ssh|a remote shell} {, is that possible|without graphics|} ; {without|no} {a window|graphics|a display|X|a desktop|GUI} {possible|at all|} ; {server|machine|box} {without|with no} {a monitor|a screen|graphics} ; {console|text|headless|command line|terminal} {version|mode|program|tool|variant} ; {what|which} {commands|subcommands} {are there|exist|does nook know} ; {call|start|run} it from {a shell script|cron|the prompt} ; what can I type in the terminal ; is there a binary without Qt ; run headless ; the nook program ; bash command for talking to the model ; nook help ; black window with text only
doctor: {something|it} is {broken|wrong|fishy|not right|strange} {with my system|here|}, {how do I|can I} {check|find out|test|diagnose} ; {diagnose|diagnosis|health check|checkup|self test|system check} {of my hardware|please|} ; {test|check|verify} {my card|all devices|the drivers|my hardware|that everything works} ; {which|what} {devices|hardware} {do I have|does it see|are recognised} ; {report|summary} {about|of} my {system|machine|hardware|setup} ; is my {setup|installation|hardware} {ok|all right|healthy|in order} ; find the fault ; troubleshooting command ; does my card compute correctly? ; list of devices and drivers ; sanity check ; examine my computer
bench: {measure|test|find out|time} {how fast|the speed|performance} {my machine|this computer|a model|it} {is|with a file|properly|} ; {benchmark|speed test|stopwatch|timing} {my machine|a file|tool|command|} ; {compare|which is faster of} {two|my} {files|machines|backends} {for speed|by measuring|} ; {numbers|figures} for {a review|my blog|comparison} ; {reading|writing} speed {in numbers|measured|exact} ; {test|check} {throughput|prefill and decode} ; how many tokens per second can this PC do at most? ; llama-bench equivalent ; performance test ; is my machine faster than my friend's?
inspect: {what|which} {is|model is} {inside|in} {this|a|my} {file|gguf} ; {look|peek} {inside|into} a {gguf|model file} ; {list|show|print} {the tensors|metadata|layers|header|contents} {of a file|} ; {how many|number of} {layers|parameters|heads|tensors} {has it|in this file|} ; {find out|see|tell} {what kind of model|which quant|which level} a file {is|has} ; {unknown|mystery} gguf {, what is it|} ; metadata viewer ; dump the header ; details of a file on the command line ; vocabulary size of a file ; which tokenizer is in there?
install_windows: {on|for|under} Windows {11|10|7|} {, does it run|, how|, where is the setup|?} ; {exe|msi|setup.exe|installer} {for Windows|, where|} ; {my|I have a} {work PC|computer|laptop} {has|with|runs} Windows {, can I use it|, what now|} ; {admin|administrator} rights {needed|, do I need them|} {on Windows|} ; Microsoft Store ; WSL ; portable exe ; windows version? ; Windows user here, can I have it ; put it on my dad's Windows machine
install_linux: {on|for|under} {Debian|Ubuntu|Fedora|Mint|Arch|openSUSE|Linux} {, how do I get it|, how to install|, which package|?} ; {deb|rpm|flatpak|snap|appimage|AUR} {package|available|where|?} ; apt install ; {compile|build} {it|from source} {myself|on Linux|} ; {git clone|source|make} {and then|what next|} ; {put|get} it on my {Linux|Debian|Ubuntu} {box|machine|laptop} ; which distribution is supported ; setup on my Linux notebook ; commands to install ; what do I type to build and start it ; dependencies on Debian
macos: {on|for|under} {a Mac|macOS|my MacBook|an iPad|iPhone|Android|my phone|my tablet|Apple silicon|an M2|a Chromebook} {, does it run|, possible|version|?} ; {phone|mobile|tablet|smartphone|Apple|iOS} {app|version|edition} ; {I have|mine is|we use} {a MacBook|an iMac|an iPhone|a Samsung phone|an M1|Apple} {, can I use it|, does it work|} ; app store ; play store ; for my telephone ; dmg file ; carry it in my pocket ; homebrew ; does it support apple hardware
update: {newer|new|latest|current} {version|release|one} {, how do I get it|, is there one|available|} ; {does it|will it} {renew|update|refresh|upgrade} {itself|on its own|automatically|} ; {keep|stay} {up to date|current} ; {am I|is this} {up to date|the newest|outdated|current} ; {after|will} {an upgrade|the new version} {keep|are} my {talks|history|things} {still there|} ; {which|what} version {is this|do I have} ; my version is old ; how do I get bug fixes ; change to the new release ; check for updates ; patch
uninstall: {get rid of|remove|kick out|throw off|deinstall|wipe} {Inglenook|this program|the whole program|the app|the software} {completely|from my PC|for good|again|and all traces|} ; I {don't like|don't need|no longer want|hate} {this program|it any more|Inglenook|the software} {, how do I remove it|, take it away|} ; {leftovers|traces|files} {after|when} removing {it|the program} ; clean removal ; how do I leave you ; off my computer with it ; what stays on the disk when I throw the program out ; delete the application itself ; deinstallation
starter_model: {which|what} {model|AI|LLM|brain} {are you|is this|am I talking to|answers here|is running} ; {how|so} {big|large|small|tiny} are you ; why are you so {dumb|limited|simple|weak|stupid|little|clueless} ; {the|this} {built-in|included|small|default|first} {one|model|brain} {, what is it|, what can it|} ; {you are|you seem} {not very clever|very limited|quite small|a bit slow in the head} ; are you {GPT|ChatGPT|Claude|Llama|Gemini|Siri} ; {what|which} came {with|along with} the program {as a model|} ; your {size|brain|parameters|weights} ; do you have a bigger brother? ; why can't you do more ; guide-6m ; 6 million ; which version of the AI is it ; what sort of intelligence is built in
guide_limits: {can|should|may} I {believe|trust|rely on|count on} {you|what you say|this|your words|these answers} ; {do|why do} you {lie|invent things|make stuff up|hallucinate|get things wrong|tell nonsense} ; {that|what you said} {was|is} {not true|incorrect|a lie|a mistake|invented} ; {how|are you} {reliable|accurate|sure|certain|correct|trustworthy} {are you|about that|} ; {what|where} are your {weaknesses|limits|gaps} ; {should|must} I {double check|verify} {that|what you say|} ; is everything you say right? ; are you sure about that? ; you were wrong ; can I use your answer in my homework? ; fact check ; how often are you mistaken ; don't you ever err ; things you are bad at
training_origin: {who|which company|what person} {built|made|created|wrote|trained|programmed|developed} you ; {what|which} {texts|books|data|sources} {did you learn from|were you fed|are in you|did you read} ; {how|where|when} {did you|were you} {learn|taught|come from|get your knowledge|made} ; {are|were} you trained on {the internet|Wikipedia|my data|books|stolen texts|Reddit} ; {can|could} {I|one} {train|build|make} {you|such a model|one like you} {myself|again|at home|} ; your {teacher|creator|maker|parents|school|origin|data} ; how did they make you? ; is your training data public ; copyright of your texts ; knowledge cutoff
no_learning: {do|will|can} you {remember|recall|know} {me|my name|what I told you|yesterday|our last talk|this} {tomorrow|next time|later|again|} ; {do|does} {you|it|the model} {learn|improve|get smarter|adapt} {from me|from this|while we talk|over time|by itself} ; {I told you|we talked about} {my name|it} yesterday{, don't you remember|, have you forgotten|} ; {teach|train} {you|it} {something new|my preferences|a fact|my style} {by talking|in the chat|} ; {keep|store} {in mind|a fact} {forever|for all talks|about me} ; memory between talks ; long-term memory ; will you know me next week? ; do you get to know me ; can it learn my writing style ; do you build a profile of me ; you don't remember our last conversation ; does what I say change you ; will it remember across sessions
license: {does|do} {it|I|this} {cost|have to pay|charge} {anything|something|money|} ; {free|gratis|paid|how much is it|price|subscription} {?|or not|software|} ; {may|can} {I|my company|we|a school} use it {at work|commercially|for business|in the office|professionally|to earn money} ; {open source|source code|GPL|MIT|Apache} {?|or closed|licence|} ; {what|which} {licence|license|rights|terms} ; {sell|give away|share|redistribute} {it|the program|copies} ; is there a trial period ; buy ; fee ; legal to use ; do I have to pay later ; may I look at the source ; who owns the texts it writes? ; permission to use professionally
report_bug: {I|we} found {a bug|an error|a fault|a mistake in the program|something broken} {, where do I tell|, who wants to know|} ; {whom|who|where} {do I|can I|should I} {tell|contact|ask|write to|report to} {about a fault|about a problem|for help|} ; {contact|support|helpdesk|hotline|forum|mail address} {?|please|of the makers|} ; {complain|complaint|feedback|suggestion|feature request|wish} {, where to|} ; {the window|the button|something} {is broken|misbehaves|looks wrong|acts up} {, to whom do I say it|, where do I report it|} ; get in touch with the developers ; file an issue ; tell the makers ; the program has an error ; ask a human for help ; I have an idea for the program, who takes it? ; send a crash report
engine_process: {what|which part} {computes|does the work|calculates|runs the model} {in here|inside|} ; {is there|why} {a|the} {second|background|separate} {process|thread|task} ; {what|explain} {is|does} {the engine|your engine|the inference engine} {do|} ; {restart|kill|reset} the engine ; {engine|motor} {of the program|behind this|} ; {llama.cpp|ggml|vllm|ollama} {inside|used|under the hood} ; what's under the hood ; who does the computing ; the thing that generates tokens ; own engine or borrowed ; does the interface freeze while computing?
power_heat: {my|the} {laptop|computer|PC|machine|card} {gets|is|becomes} {hot|very warm|loud|noisy|boiling} {when it answers|while it writes|} ; {fan|fans|ventilator|cooler} {is|are|runs|howls} {loud|noisy|like a jet|at full speed} ; {battery|akku|accu} {is empty|drains|dies} {so soon|quickly|fast|after an hour} ; {save|use less} {power|energy|electricity|battery} ; {electricity|energy|power} {bill|consumption|cost} ; {noise|heat|temperature of my laptop} {is annoying|, how to lower|} ; burning my lap ; does it draw current when idle? ; make it quiet ; overheating ; watt ; my room gets warm ; be gentle with my notebook
hello_world_code: {write|make|program|code} {me |}{a python script|a website|a macro|a function|an app|a game|a program|some code} ; {fix|debug|check|improve|explain} {my|this} {code|script|program|function|python} ; {can|do} you {program|code|develop|know Python|speak C++|write software} ; {help|assist} {me |}with {programming|coding|my script|javascript|a bug in my code} ; {which|what} {one|model} is {good|best} for {coding|programmers|software|python} ; pair programming ; generate a regex ; sorting algorithm ; hello world in C ; code completion ; html page ; autocomplete for my editor ; software developer here, what should I load for code
layers_attention: {how|what} {do|is the principle of} {you|such models|language models|these AIs|chatbots|LLMs} {work|function|think|do it|} ; {explain|what is} {a language model|an LLM|a neural network|machine learning|generative AI} {simply|to a child|in simple words|} ; {is there|do you have} {a mind|understanding|a brain} {behind it|in you|} ; {how|why} can {a machine|a computer|a file of numbers} {talk|write|answer} ; {what|how} {happens|goes on} inside {you|the model} ; next word prediction ; is it just statistics? ; magic behind it ; the principle of text generation ; how does AI produce sentences ; what makes you talk
attention_what: {what|explain} {is|are} {attention|self-attention|transformers|a layer|heads|layers} {in a model|in this context|simply|} ; how does {it|a model} {look back|weigh earlier words|connect words} ; {structure|architecture|anatomy} of a {network|model|transformer} ; {number|role} of {layers|heads} ; attention is all you need ; what does the T in GPT mean ; multi-head ; what's in a transformer block ; query key value
prompt_tips: {how|what is the best way to} {do I |should I |to |}{ask|phrase|formulate|word} {it|things|my questions|a request} {well|best|so that it understands|to get good results|} ; {I get|it gives me} {poor|bad|useless|vague|generic} {answers|results|output} {, is it my question|, what do I do wrong|} ; {tips|tricks|advice|rules} {for|on} {asking|prompts|prompting|good questions|talking to an AI} ; it {misunderstands|doesn't get|does not understand} me ; {better|improve} {prompts|my wording|how I ask} ; prompt engineering ; how do I explain to it what I want? ; the art of asking ; what should a good request contain ; my instructions are ignored ; formulate a task clearly ; it does something else than I asked
summarize_docs: {summary|summarise|shorten|boil down|condense|sum up} {of |}{a long text|an article|this report|a book chapter|a paper|the minutes|my PDF|ten pages} ; {too long|long text|60 pages|a huge document} {to read|, what does it say|, give me the essence} ; {tl;dr|gist|essence|key points|main points} {of a text|of an article|please|} ; {questions|ask something} about {a long text|a long article|a chapter|a manual} ; {digest|abstract} of a document ; get the main ideas out of a text ; I have a long article, what is in it? ; shorten this report for me ; work through a long text together ; extract key points
quality_local_vs_cloud: {is|are} {this|it|local ones|a model at home} {as good as|worse than|better than|comparable to} {ChatGPT|GPT|the cloud|online ones|Claude|the big ones} ; {why|what for} {run|have|use} {it|one|an AI} {at home|on my own computer|locally|on this machine} {and not online|instead of the web|} ; {advantage|benefit|point|pros and cons|drawbacks} of {local|home|own} {models|AI|computing} ; ChatGPT {is better|can do more|or this} ; {cloud|online} {or|versus} {local|home|offline} ; should I cancel my ChatGPT subscription? ; local AI worth it? ; what do I lose compared with the online services ; difference between this and ChatGPT ; on-premise versus hosted ; how does it compare to the paid services ; reasons for running it here
local_api: {use|call|reach|address} {it|the model|you} from {Python|my code|a script|my program|another program|Excel|an editor|VS Code|Home Assistant|a web page} ; {api|API|REST|endpoint|http|localhost} {?|port|server|access|available|for developers} ; {connect|hook up|link} {my editor|VS Code|Obsidian|my app|a plugin} {to it|to Inglenook|with the model|} ; openai {compatible|library|client|base url} ; {offer|serve|expose} the model {to other programs|on my network|over http} ; {developer|programming} interface ; automate ; curl ; {integrate|embed} it in my {app|workflow|software} ; webhook ; port 8080 ; start a server for my phone ; let other software talk to the model
remote_engines: {connect|talk|link} to {a server|my server|another machine|a cloud model|vLLM|our company server|the PC in the cellar|OpenAI|Azure} ; {use|run} {GPT-4|Claude|a hosted model|a model in the data centre|the big one on our server} {here|in this window|from here|} ; {I have|enter} {an api key|an openai key|a url of a server} ; {the|my} {strong|big} machine {is in the cellar|stands elsewhere|is another one}, {can it compute there|can it do the work} ; remote {host|backend|machine|computing} ; {compute|run} {elsewhere|on another machine|somewhere else} ; let another computer do the work ; cloud models in the list? ; use this window with a hosted service ; my workstation downstairs has the GPU
tools_mcp: {can|may|let} it {search the web|browse|use the internet|read my files|open programs|do things on my PC|click for me|run commands|send mails|check my calendar|use a calculator} ; {plugins|extensions|add-ons|tools|agents|functions|MCP|skills} {?|support|available|for the model|possible} ; {google|look something up} {for me|online|with it} ; {give|grant} it {access|permission} {to my folder|to the web|to my calendar|} ; {agent|agentic} mode ; function call ; let it act ; connect it with my notes ; can the model execute code? ; automation of my desktop ; web search ; read a website ; open a link ; is it able to do tasks for me on the computer
"""
# Similar words, different topics.
CONTRAST = r"""
delete_chat: delete the whole conversation ; I want the entire talk gone ; remove the talk, not just one message
delete_message: delete one message only ; remove the message, not the talk ; I want a single answer gone
delete_model: delete the model file ; remove the model, not the talk ; I want the big file gone
uninstall: delete the program ; remove the app, not the talks ; I want the whole program gone
undo: I deleted the wrong thing ; get back what I removed ; undo the removal
cache_quota: delete the cache ; remove cached files ; I want the cache gone
find_chat: search in all my talks ; find a word anywhere ; where did I once talk about this
find_here: search in this talk only ; find a word on this page ; where in this talk is the word
models_folder: where are the models kept ; which folder has the models ; change where the models are kept
data_location: where are my talks kept ; which folder has my talks ; change where the talks are kept
stop_answer: make it stop writing ; stop it now ; it writes too long, stop
continue_answer: it stopped writing too early ; make it go on writing ; it stopped, go on
repeat_penalty: it writes the same thing all the time ; make it stop repeating ; it writes one word forever
slow: it writes too slowly ; the writing is slow ; slow answers
ttft: it starts too late ; the start is slow, then it is fast ; slow before the first word
load_time: the model loads slowly ; slow loading ; loading takes too long
power_heat: my computer gets loud while it writes ; noise while answering
temperature: the answers are too random ; more random please ; same tone each time, more variety
seed: the answers differ each time, I want the same one ; identical answers please ; always the same result
context_length: how much text can it remember ; make it remember more ; it forgot the start of the talk
no_learning: will it remember me tomorrow ; does it remember other talks ; it forgot me since yesterday
context_full: the context is full ; no room left in the context ; the talk is too long now
does_not_fit: the model does not fit ; no room left for the model ; the model is too big
model_memory: how much memory does the model need ; how big may a model be for 16 GB ; memory for a model
ctx_vs_memory: how much memory does the context need ; memory for a longer context
gpu_memory_other: how much memory has my graphics card ; what fills my graphics memory
cpu_only: I have no GPU ; does it run without a GPU ; no graphics card in this computer
gpu_not_used: I have a GPU but it is not used ; it does not run on my GPU ; the graphics card is ignored
amd_intel: I have an AMD GPU ; does it run on AMD ; no NVIDIA card in this computer
tensor_parallel: I have two GPUs ; does it run on two GPUs ; both graphics cards together
drivers: is my GPU driver new enough ; which driver does my GPU need
themes: make it dark ; the screen is too bright ; the colours hurt
text_size: make it bigger ; the screen text is too small ; the letters hurt my eyes
language: make it German ; the menus are in English ; another language for the menus
system_prompt: make it answer in German ; it should always answer in another language ; answers in French each time
send_message: how do I send ; enter my text and then ; send the text
new_line: enter sends but I want a new line ; new line, not send
queue_message: send another while it answers ; type the next one already
edit_message: change what I sent ; I sent it with a mistake
rename_chat: change the name of a talk ; the talk has a wrong name
switch_model: change the model ; I want another model to answer
download_model: get another model from the web ; I want a model that is not here yet
add_model: I have the model file already, put it in the list ; use the model file from my disk
which_model: which model is good for me ; I want a model but which one
model_size_params: what does 8B mean in a model name
export: save this talk as a file ; get the talk out of the program
import: get my old talks from another program in
backup: save all talks in a safe place ; a safety copy of everything
copy_text: copy this answer ; get the text of one answer out
attach_file: get a document into the talk ; give it a file
summarize_docs: make a long document short ; what does a long document say
regenerate: another answer to the same question ; ask the same again
versions: go back to the other answer ; the first answer, where is it
branch: go on from an earlier place in two ways
new_chat: an empty talk please ; start with nothing
temporary_chat: a talk that is not saved ; nothing saved please
duplicate: the same talk twice ; copy a whole talk
privacy: is what I say kept private ; does it send what I say to someone
offline: does it work without internet ; no network here
local_api: my own program wants to ask the model
remote_engines: the model runs on another computer
tools_mcp: the model should do things on this computer
nook_cli: use it in the terminal
doctor: check whether my devices work
bench: check how fast my devices are
inspect: check what is in a model file
hash_check: check whether a model file is intact
error_corrupt: a model file cannot be opened
chat_template: a model writes nonsense
guide_limits: you write nonsense ; you told me something false
prompt_tips: how do I ask so that answers get better
starter_model: what model are you ; which model is answering me now
training_origin: how were you made ; who made this model
layers_attention: how does a model make text
quality_local_vs_cloud: is a local model as good as an online one
tokens_per_second: what do the tokens per second mean ; where do I see the speed
token: what are tokens ; how long is one token
reused_tokens: what are reused tokens ; why are tokens reused
kv_cache: what is in the cache ; what is the cache good for
kv_type: a cache that needs less memory ; the cache in 8 bit
reopen_instant: is the cache still there tomorrow ; why is an old talk ready so soon
crash_safety: is my talk saved if the computer crashes ; do I have to save
drafts_unsent: is my text saved if I do not send it ; unsent text
background_answers: does it go on answering if I open another talk
notifications: does it tell me when the answer is there
sidebar: the list of talks is gone from the screen
sidebar_dates: the list of talks is in a strange order
pin_folder: keep one talk at the top of the list
multi_select: remove many talks together
jump_chats: go to another talk with the keyboard
shortcuts: what can I do with the keyboard
settings: where do I change things ; set everything back
sampling: where do I change how words are chosen
presets: save these settings for later
details_panel: more numbers about an answer
"""
BEFORE = """
Hello there.
Good morning, I need some help.
I have been trying for {an hour|ten minutes|the whole morning|days}.
My {boss|wife|husband|daughter|son|neighbour|teacher|friend|colleague|brother|mother|uncle} asked me this.
I am not good with {computers|technology|these things|machines}.
Sorry for the {silly|simple|stupid|basic} question.
I {work|am} in a {school|hospital|bakery|library|small office|bank|garage}.
I read something about it {in a magazine|on the web|in a forum|yesterday}.
It is {raining|late|Monday|Friday evening} and I have time.
Ok so.
Listen.
Maybe you can help me.
I looked everywhere.
I could not find it in the help.
This is my {second|third|first} day with the program.
Quick thing before lunch.
English is not my first language.
{Yesterday|This morning|Last night} I was wondering.
Not sure if this is the right place.
One thing puzzles me.
I have {two|three|a few} questions, here is the first.
{Honestly|Well|Right|Hm}, I am {confused|puzzled|stuck|a bit lost}.
So here is my problem.
My {computer|laptop} is {new|old|three years old}.
I use this every day.
We are writing a {report|letter|story} together.
I bought a new {chair|desk|screen|lamp} and sat down to try this.
"""
AFTER = """
Any idea?
What do I do?
Can you help?
Thanks in advance.
Thank you so much!
Please be brief.
I am in a hurry.
It would help me a lot.
That would be {great|nice|lovely|very helpful}.
I hope you understand.
Is that possible at all?
It {annoys|bothers|puzzles} me.
My {wife|boss|son|friend} wants to know too.
Please explain it simply.
How does that work?
What would you do?
I could not find it.
Help please.
"""
# Strange questions about the program: it should say that it does not know instead of guessing.
STRANGE = """
{can|does|will} {Inglenook|the program|this app|it} {make coffee|water my plants|open the garage|drive my car|wash the dishes|feed the cat|sing in the shower|pay my rent|cut my hair|iron my shirts|walk the dog|find my keys|cook dinner|predict the lottery|heat the room|play the piano|fly to the moon|clean the windows|mow the lawn|paint my house}?
where is the {banana|unicorn|rocket|toaster|umbrella|kitchen|piano|garden|elephant|bathtub|trumpet|pancake|dragon|spoon} {button|menu|page|mode|setting} {in Inglenook|here|}?
what does the {purple|golden|round|flying|secret|wooden|wet|dancing} {elephant|lamp|key|door|spoon|cloud|window|rabbit} {mean|do} {in Inglenook|here|in the program|}?
how {many|much} {wheels|windows of glass|legs|sugar|petrol|trees|wings|engines of a plane|soup|doors|feathers} {has|does it need in} {Inglenook|the program|this app}?
how do I {paint|bake|marry|wash|eat|tickle|climb|fry|knit|ride} the {model|sidebar|answer|cache|window|token|settings}?
why is the {moon|carpet|horse|soup|river|potato|violin} in my {settings|list|model|window|context} {so blue|wet|singing|made of wood|asleep}?
what is the {flavour|smell|weight|shoe size|birthday|favourite dance|hair colour} of {Inglenook|the cache|a token|the sidebar|my model}?
which {train|bus|boat|spice|vegetable|fairy tale|football team} fits {the sidebar|the cache|my context|the models folder}?
"""
STRANGE_ANSWERS = [
    "I do not know that. Ask me in other words, for example about chats, models, memory or speed in Inglenook.",
    "I do not know what to say to that, sorry. I know Inglenook's chats, models, speed and settings, and a few everyday facts.",
]
"""Words whose sense is clear from the context alone."""
