"""A third helping of free wordings, with everyday words that the other files do not use (see guide_paraphrases_chats.py)."""
WORDS = r"""
what_is_inglenook: I stumbled on this program, what's its purpose in life? ; what sort of creature is Inglenook? ; is this meant for experts or for ordinary folks? ; what might I accomplish with this? ; tell a newcomer what this is in plain speech ; what's the gist of this application? ; which problem does this program solve?
new_chat: I need a brand new place for my {recipe|wedding|job hunt} questions ; let us leave this behind and talk about {trains|dogs|soup} ; how would I set up a separate corner for another matter? ; please wipe the table, I have a new subject ; how does one open another notebook page here? ; can I park this and begin something else? ; I would like to begin from nothing again ; where's the button with the pen for starting something new?
send_message: I finished composing, what triggers the reply? ; my words are in the field, what gets them moving? ; how can I make contact with the model? ; is there an arrow to launch my text? ; what's the trick to get my line over to the machine? ; I don't see any button for submitting ; what should I tap when my text is complete? ; I'd like to pose a question, where?
new_line: pressing return shoots my half sentence away ; I would like stanzas in my poem before it goes ; how does one move the caret to the next row? ; the text must have two blocks, one under the other ; I want to stack a few items in one message ; what combination drops me one row lower? ; how can I write a list before letting it go?
stop_answer: it's lecturing me, make it cease ; for heaven's sake, make it quiet ; I've seen what I wanted, it may rest now ; this reply is drifting off, how do I pull the plug? ; it's spinning a yarn without end ; what do I hit to make it freeze right there? ; I don't want to sit through the whole thing ; how to break off its speech? ; put the brakes on ; let it finish early
continue_answer: it dried up after two lines ; the ending is missing from this tale ; where did the remaining steps go? ; it fell silent too early ; I want to hear the rest of it ; how do I squeeze the final part out of it? ; apparently it forgot to finish ; there's only a fragment here ; could you resume your speech?
edit_message: I need to polish what I asked ; that should have been a comma, may I mend it? ; I regret how I put my question ; there's a wrong figure in the line I submitted ; how can I swap a word in my earlier text? ; I'd like to retouch my request ; the name in my question is misspelt, what do I do? ; could I pull my message back for a correction?
regenerate: shuffle again please ; I wonder what else it might say ; that reply misses the point, let it start afresh ; deliver an alternative ; one more spin ; I'd like it to reconsider ; can I have this in a different flavour? ; give the same task another shot ; throw this reply away and produce another
versions: I preferred what it said at first, can I return to it? ; how do I swap between both replies? ; there used to be another text here ; the fraction below the bubble puzzles me ; are all my drafts still somewhere? ; I'd like to see the reply before this one ; which of the three am I reading? ; how do I bring the earlier wording back on screen?
branch: I'd like to rewind to yesterday's idea and take it elsewhere while keeping today's ; the talk could have gone another way at the fifth message, can I try that? ; can I grow a second limb from the same trunk? ; I want to go back to the crossing and turn left this time ; play through an alternative from an earlier spot
delete_message: the last thing I typed is embarrassing, can that line vanish? ; may I snip one reply out? ; this answer with wrong facts should leave the page ; strike one entry from the record ; I'd like to cross out a single statement ; get one wrong turn out of the middle
delete_chat: that old discussion about my ex must go ; how can I sweep an entry off the list? ; it's outdated, I want it destroyed ; burn this conversation ; this entry is useless clutter ; clear away the talk about shoes ; one of these talks has to disappear before my boss looks ; how can I drop an entry I'm done with?
undo: phew, wrong entry, can it be reversed? ; I've thrown out the baby with the bathwater ; bring the dead talk to life again ; I take it back, restore it please ; that removal was unintended ; I want the clock turned back one step ; how do I retrieve what I've just dumped? ; it was gone in a blink, I still want it
rename_chat: can I stick another label on this entry? ; the caption in the list is misleading ; I'd like to baptise this talk "Garden" ; how to give it a recognisable heading ; the automatic caption is awful ; who invented that title? ; I'd prefer a shorter heading for this ; change what's written on the entry
find_chat: where on earth is the talk with the soup recipe? ; I'm after something I read here in March ; track a phrase through all that was ever said ; which entry holds the phone number of the plumber? ; I once got a brilliant tip from you and can't trace it ; comb through all of my past talks for "insurance" ; I'd like to revisit a talk but don't know its title ; the thing about my passport, where's it hiding?
find_here: hop to the mention of "garage" in this page ; I need the paragraph on vitamins in this endless talk ; where in the text above is the recipe's oven heat? ; how do I spot a word on the page quickly? ; scan the open text for a number
pin_folder: one particular talk should always be within reach ; how do I hold an entry firmly at the head of the list? ; can entries be sorted into compartments? ; I'd like a shelf for my studies and another for hobbies ; my list needs some structure ; can I put a star on an entry? ; attach this one so that it doesn't wander off
duplicate: give me a mirror image of this talk ; I'd like a backup twin of this one talk in the list ; may I photocopy an entry? ; I want two identical starting points ; spawn a copy of it
temporary_chat: can we speak under four eyes without a record? ; I'm asking for a friend, leave no footprint ; is it possible to have a chat that dissolves? ; this shall not be remembered or listed ; I want to vent without it being archived ; a one-off that isn't recorded
copy_text: the poem is lovely, I want it in my greeting card ; how do I extract the table into my spreadsheet? ; I want to drop this text in a different window ; let me grab these lines ; is there a little icon for taking the text? ; transport this paragraph to my blog ; lift the commands out so I can run them
attach_file: my landlord sent a contract, can you study it? ; I have the minutes of a meeting as a file ; how do I provide it with my spreadsheet? ; can it digest an ebook? ; is there any way to load my notes into our talk? ; I want to show it a log file ; let it browse through my manuscript ; feed a document in
queue_message: while you are speaking, may I prepare what comes next? ; I hit enter twice with different texts while it was busy ; can my next thought stand in line? ; it hasn't ended yet and I'm already typing ; does the field accept text during a reply? ; I'm impatient and want to ask more before it ends
background_answers: I'd like to wander off to a different talk while this one cooks ; does the reply get finished behind my back? ; can it juggle several replies? ; there's a whirl beside one entry ; what does the coloured mark next to a title tell me? ; both of my questions should be processed together
models_folder: where do these giant files belong? ; my weights rest on a backup disk, how does the program learn that? ; is there a fixed place for brains on my disk? ; I'd like to relocate all model files ; how do I make it watch another spot? ; could it share the files with my other AI program? ; in which location should brains be stored?
add_model: I've got a fresh gguf here, how do I bring it to life? ; what steps lead from the file on my disk to talking with it? ; my own weights should be offered too ; a brain sits in my downloads, how do I wake it? ; I'd like to include a file of mine in the choice ; someone handed me weights ; how does my file become available?
download_model: this little one is not enough, where can I shop for others? ; where might I lay my hands on a Mistral? ; is there a catalogue I can browse? ; how do I acquire a more capable one? ; can you bring me a new brain from the net? ; which web address has these files? ; I'm hungry for a stronger model
download_interrupted: the transfer gave up at two thirds ; my provider cut me off during the big file ; the thing I was fetching never completed ; an aborted transfer, is all of it wasted? ; it froze while pulling the file
switch_model: I'd like to consult a different brain ; can the grown-up one take the floor? ; how do I make Llama the one that speaks? ; from which menu do I pick the brain? ; trade this one for the large one ; I want to try the same with Gemma ; hand the microphone to another ; how to go back to the little one
which_model: help me decide on a brain for my modest machine ; which is worth my bandwidth? ; what would an expert take with 24 gigs? ; I mainly want to chat and draft emails, what suits me? ; suggest something that runs smoothly on an old notebook ; is there a favourite among users? ; I'm spoilt for choice, what's your tip? ; what suits a graphics card of 10 GB?
model_size_params: why do people say a seventy B is brainier? ; what's hidden behind 1.5B? ; how come some have three and others thirty billion? ; is a model with fewer billions dumber? ; the B number, in plain words
gguf: what do the letters gguf abbreviate? ; is that the right sort of file for this? ; what format are brains stored in? ; the thing on the site ends in gguf, is it suitable? ; tell me about the file kind used here
convert: is there a route from a safetensors folder to something that opens here? ; the weights come from a training run of mine ; can other kinds of model files be transformed? ; my network was saved by PyTorch ; how would I make it fit the needed format?
quantisation: how is it that a huge brain was boiled down to a handful of gigs? ; what's the price of a smaller file? ; why do files have tags such as Q3 and Q6? ; please demystify the Q business ; what did they round off? ; is the slim file as bright as the fat one?
choose_quant: out of a dozen downloads of one model, which is the wise one? ; too many letters, just tell me which to click ; is a five better than a four for me? ; what's the usual recommendation among those levels? ; I can spare 10 GB, which level?
q4_k_m: why does everyone praise the K_M variant? ; are four bits a reasonable bargain? ; tell me about the popular four bit kind ; how big does an 8B get at that level?
q8_0: does the extra size of eight bits pay off? ; eight bits, luxury or necessity? ; how faithful is the Q8 file? ; I've memory to spare, is the eight bit one wise?
q5_q6: is there a golden mean above four bits? ; tell me about the fives and sixes ; would six bits please a perfectionist?
q2_q3: is the teeny tiny file any use? ; my old box has hardly any memory, two bits then? ; what suffers at two bits? ; three bits, good or bad idea?
f16: is the heavyweight file superior? ; why would anyone fetch the sixteen bit one? ; tell me about unsqueezed weights
mxfp4: there's an exotic four bit type in the name of my file ; tell me about the I-quants ; is the older four bit kind still all right?
quantize_cmd: I'd like to slim a model down by hand ; how is a fat file turned into a lean one? ; which command would do the squeezing?
imatrix: files labelled "imat", what's special? ; how can a text help to squeeze better? ; do calibrated files think better?
perplexity: I'd like to grade my file ; how is a model's quality expressed as a number? ; which test reveals the loss through squeezing? ; is there an exam for models?
model_memory: how roomy must my machine be for a 20B? ; what's the appetite of a 7B? ; before fetching, how do I reckon what fits in 24 gigs? ; I've sixteen gigabytes, what is the upper limit? ; how many gigabytes should a new PC have for this? ; is 8 gigs of video memory adequate for a 12B?
does_not_fit: my graphics card is too cramped for it ; the beast is heavier than my machine can bear ; it runs short of space while loading ; how might I shoehorn it in? ; memory overflow, any remedy? ; it quits because it can't allocate ; too chubby for my card
partly_cpu: may part of the brain dwell in normal memory? ; I'd like to share the burden between card and processor ; can the surplus go to the processor? ; a few layers here, a few layers there, is that doable?
context_length: it has the memory of a goldfish ; it can't recollect the beginning of our chat ; how lengthy may my text be? ; could it digest an entire novel? ; I'd like it to have a wider horizon ; how much text can it survey? ; it dropped what I told it at the outset
context_full: apparently we've used up all the space for text ; it refuses to take in more words ; we've hit the ceiling, what now? ; our chat has outgrown it ; a remark about a full context came up
token: what's the currency in which text is counted? ; how does it slice up language? ; are syllables what it counts? ; how many of these bits make a letter of one page?
kv_cache: which notes does it take while reading? ; what occupies memory as our talk gets longer? ; why isn't everything recomputed for each word? ; tell me about its scratchpad
reopen_instant: how is it ready so promptly when I return to a talk? ; must it re-read the lot after a restart? ; does its reading survive when I quit? ; I hop back to an old talk and there's no delay
reused_tokens: the status mentions reuse ; something was recycled according to the line ; what's the benefit of a big reuse figure?
cache_quota: are there hidden files eating my drive? ; how much storage does it grab for its cache? ; may I sweep out stored pages? ; keep its disk hunger in check
kv_type: can its notes be stored in a thriftier way? ; 8 bit for keys and values please ; slim the cache down
draft_model: what's the little sibling of the big model for? ; may a nimble one assist a slow one? ; I noticed a mini file beside the main file ; a sidekick for my large model
speculation: is there a shortcut where it bets on upcoming words? ; are the bets checked? ; does betting ahead spoil the result? ; what's speculative about decoding?
draft_refused: the pair doesn't harmonise ; their vocabularies clash ; my sidekick was sent away ; which mate suits my 7B?
no_gain_draft: the sidekick is of no benefit ; its bets hardly ever come true ; where's the promised acceleration from guessing?
tensor_parallel: my tower houses a pair of cards, do they team up? ; can I harness all three of my cards? ; would it profit from a further card? ; I'd like both cards to carry one model ; does it scale over multiple cards?
uneven_split: my cards are a giant and a dwarf, who carries what? ; may one card shoulder most of it? ; what ratio goes to which card?
layer_split: cut between layers or through them? ; what's better for two cards, rows or layers? ; explain the two ways of cutting a model
gpu_not_used: my pricey card is on holiday while the processor sweats ; why isn't my graphics power tapped? ; it overlooks the card in my tower ; zero percent on the card, full blast on the processor ; how do I wake up the graphics card? ; I bought a gaming machine but it calculates on the processor ; it can't see my card
drivers: which piece of software does my card depend on? ; is my graphics software too ancient? ; do I have to get anything from the card's vendor? ; must the toolkit be there?
cuda_vulkan_cpu: three names to choose from, which suits me? ; what distinguishes Vulkan from CUDA? ; how do I pick the computing device? ; which route is swiftest on my hardware? ; I'd like to pin it to the processor
amd_intel: I'm in the AMD camp, is that fine? ; does it tolerate Intel's graphics? ; my graphics come from the competition of NVIDIA ; would an RX card do?
cpu_only: my machine has nothing but a processor ; will a humble notebook cope? ; what's the least I need to have? ; is my dusty desktop up to the task? ; do I have to invest in graphics hardware? ; it's a cheap computer from the supermarket, will it cope?
threads: how many of my cores should labour? ; it hogs the whole processor while I work ; are all eight cores engaged? ; reduce the number of cores it grabs
slow: a snail would be quicker ; I'm getting old waiting for the text ; how can I make it hurry? ; its writing is awfully leisurely ; could it type more briskly? ; it takes an eternity to complete a paragraph ; what slows it down so badly? ; I want it zippy ; any way to get more tempo?
tokens_per_second: how brisk is 15 of those per second? ; where's the speedometer? ; decode the figure with the slash s ; what pace is pleasant?
ttft: there's an awkward silence after I ask ; why does it hesitate so long? ; it ponders half a minute and then rushes ; what's it up to before the opening word? ; it's sluggish only at the outset
load_time: it takes forever until the brain has woken up ; how do I evict the brain from memory? ; my memory is clogged even though I'm not chatting ; can I speed up its awakening? ; let go of my graphics memory
temperature: it's too tame, I want it bolder ; its fantasy runs wild, rein it in ; I'd like dry facts instead of flowery words ; how do I make it more playful? ; set it so that it's strictly matter-of-fact ; the texts lack spark ; more variety in its wording ; less chaos please
top_p: what does the nucleus knob restrict? ; p of 0.8, good or bad? ; how does it cut by total probability?
top_k: what does the k knob restrict? ; k of 100, good or bad? ; let it consider only a handful of words
min_p: what does the minimum knob restrict? ; is 0.1 a sensible minimum? ; it should ignore words with hardly any chance
seed: how can two runs come out as twins? ; nail down chance so that it's repeatable ; I'd like to replay an answer exactly ; what's the lucky number for? ; it varies from run to run, I need it constant
repeat_penalty: it parrots itself ; it's trapped in an echo ; line after line with identical words ; it's got the hiccups and repeats a word ; it harps on the same sentence
sampling: where are the levers for its style of choosing? ; which dials matter for poems? ; how does it pick among words? ; put the levers back where they were
system_prompt: from now on it should be my gardener ; how do I instil manners in it? ; it must never use foreign words, where do I lay that down? ; give it a permanent job description ; I'd like it to be sarcastic in all talks ; how do I make it reply in rhyme all the time? ; can I set ground rules once? ; pretend permanently that you're my coach
presets: may I bundle my favourite values? ; I'd like a menu of roles I made ; switch between two bundles of settings ; remember my set-up under a name
structured_output: my code chokes on its chatter, I need pure JSON ; can the reply obey a fixed shape? ; confine it to a grammar ; fields and values only
thinking: it mutters a lot before the actual reply ; may I skip its brooding? ; spare me the deliberations ; I want the verdict without the brooding
themes: the window is as bright as a lamp ; could it wear black? ; my eyes prefer a gloomy window ; I fancy a different look ; the dark look is depressing, how do I lighten it? ; soften the glare
text_size: I squint all the time ; the font resembles fly droppings ; could the script be twice as tall? ; it's all oversized on my little screen ; I need giant letters ; my sight is fading, bigger please
shortcuts: which strokes speed things up? ; can the rodent be avoided? ; teach me the keyboard tricks ; where's the overview of strokes?
palette: I'd love one field that understands every command ; is there a way to summon functions by name? ; quick launcher for everything
sidebar: how do I tuck the list away? ; I lost the column with all the entries ; a broader page please, without the list ; the left portion bothers me ; my entries have gone into hiding
details_panel: got any charts of the performance? ; I'd like to peek at the technical side ; are there gauges? ; let me examine the numbers behind it
settings: where do I tailor it to my needs? ; which page holds all the switches? ; I fiddled too much, back to the original state ; how do I get to the switchboard?
language: my wife speaks only Portuguese, is there hope? ; can the wording on the buttons be Swedish? ; is it available in my mother tongue? ; switch the English labels to another tongue
accessibility: is a person without sight able to operate it? ; motion on screen upsets me ; does it cooperate with a reader for the blind? ; are there aids for people with a handicap?
privacy: is some stranger peeking at my words? ; is this between you and me? ; could my boss get hold of what I write here? ; are there any leaks? ; does a corporation profit from my texts? ; how confidential is our talk? ; I have a juicy secret, is it safe with you? ; is anything reported back?
offline: I live where there's hardly any coverage ; will it cooperate in the wilderness? ; does it lean on the net? ; the network at the hotel is awful, does that hurt? ; cut off from the world, does it go on?
data_location: in which corner of my disk do the talks reside? ; I'd like to locate the file with everything we said ; what should I take along when I change computers? ; point me to the stored talks
backup: how do I guard my talks against a calamity? ; I want a duplicate of everything on a stick ; does it insure me against a dying disk? ; bring back the state from before ; I'm scared of losing it all
crash_safety: all went black during a reply, have I lost things? ; does it store by itself or is that my job? ; the machine gave up in mid talk ; suppose it tumbles, what survives? ; a thunderstorm cut the power
export: I'd love to hand our talk to my sister ; bring the talk to paper ; get our talk into a file I can mail ; can I keep this in my archive as a document?
import: my past lives in a different chatbot, can it follow me? ; bring my belongings over from ChatGPT ; I want to merge old talks from elsewhere
local_api: may my own software query the brain? ; how would a script of mine put a question? ; is there a socket for programmers? ; hook my spreadsheet up to it
remote_engines: may a distant computer do the heavy lifting? ; use the muscle of my server from this window ; I've got credentials for a hosted AI ; plug in an outside model
tools_mcp: could it fetch the news from the web? ; may it handle my files? ; let it press buttons on my behalf ; can it carry out tasks rather than talk? ; can abilities be bolted on?
doctor: something smells wrong, how do I examine it? ; give my hardware a medical check ; which of my devices pass the test? ; is everything in good shape for this?
bench: time how swift my machine is ; pit two files against each other ; I'd like to measure the horsepower ; put a number on the pace
nook_cli: is there a way to chat from bash? ; I adore the shell, does it live there too? ; no monitor on that box, how do I reach it? ; text only version
inspect: reveal what a gguf hides ; which brain is in this nameless file? ; read the label of a model file
install_windows: I'm stuck with Windows at work ; does a Microsoft machine suffice? ; any setup file for Windows folks?
install_linux: guide me through putting it on Ubuntu ; which commands bring it to my Linux box? ; I'd like to compile it ; how do penguin users get it?
macos: is there something for fans of Apple? ; may I use it on my mobile? ; my tablet should run this
update: is there a fresher release? ; how do I obtain the latest goodies? ; does it refresh by itself? ; will the upgrade harm my talks?
uninstall: banish this software from my PC ; I don't want to keep it, what are the steps? ; scrub it off my disk ; tidy removal of the program
starter_model: what kind of brain am I facing? ; you appear rather simple-minded, why? ; who's answering me at the moment? ; are you the famous chatbot? ; what came bundled with the program? ; how hefty are you?
guide_limits: do you ever tell fairy tales? ; is your word reliable? ; I caught you in a mistake ; may I quote you? ; how solid is your knowledge? ; you're talking rubbish sometimes, right?
training_origin: which texts shaped you? ; who's your inventor? ; what did they feed you with? ; where did you pick all this up?
no_learning: will I be a stranger to you tomorrow? ; do you store what I tell you about myself? ; can your knowledge grow through our talks? ; remember that I'm vegetarian for ever ; are you learning while we talk?
fit_label: how does it judge whether a file goes in? ; what's the remark beside each brain? ; tell me about the verdict next to the file
first_start: I'm a rookie, how do I proceed? ; everything is unfamiliar, lead the way ; the window is open, what's my first move? ; what do newcomers do first?
drafts_unsent: my unsent paragraph, did it survive? ; I was called away in mid sentence ; typed a lot, never submitted, closed it all
code_blocks: the listing doesn't fit the width ; can programs be shown prettily? ; commands are shown on a coloured plate
markdown: I spot little stars and hashes ; are tables drawn properly? ; will fractions look like fractions?
chat_template: the fresh model speaks in tongues ; weird brackets everywhere since I use this file ; it plays both parts of the dialogue ; utter gibberish comes out of my new file
architectures: which breeds of models are welcome? ; will a DeepSeek start here? ; my file's family is unknown to it ; is Mistral among the ones that go?
moe: why do they call it a mixture? ; a model of many specialists, how does that work? ; would Mixtral go?
vision: I'd like you to glance at a snapshot ; can it sketch something? ; does it see? ; recognise what's on my photograph
voice: is talking out loud an option? ; may I listen to the reply while driving? ; use my microphone
multi_user: keep my sister's nose out of my talks ; we share one PC at home ; put a lock on it
gpu_memory_other: who's hogging the card's memory? ; my graphics memory is crammed ; how spacious is my card?
bandwidth: what's the choke point when it writes? ; why's the card lightly loaded while writing? ; memory pace or computing power, what counts?
notifications: give me a nudge when it's through ; I tend to miss when it's complete ; ring a bell at the end
several_windows: two views of it at once, how? ; show two talks in parallel on the screen ; spread it over my monitors
jump_chats: leap to a different entry by keystroke ; walk through the entries without clicking ; reach the list from the keyboard
follow_stream: it yanks me downward while I'm reading ; hold the page still ; how do I get down to the freshest line? ; the view doesn't come along
rope_scaling: stretch a brain's reach past its schooling ; does yarn make a model read farther? ; exceed the native length
speed_q4_q8: which gallops faster, four or eight bits? ; do I pay for eight bits with time? ; is the lighter file swifter?
delete_model: one of my brains is superfluous, away with it ; reclaim the gigabytes taken by models ; dispose of a gguf
license: what does this set me back? ; am I permitted to earn money with it? ; is it truly for nothing? ; under which terms is it handed out?
report_bug: I'd like to grumble about a flaw ; to whom do I address a wish? ; the software misbehaves, who fixes it? ; how do I reach the makers?
error_corrupt: the file's rejected as faulty ; a warning pops up when I pick my file ; it can't make sense of my gguf ; my download seems rotten
engine_process: whose engine drives this? ; what's humming in the background? ; tell me about the machinery inside
power_heat: it roasts my knees ; the cooler screams during replies ; it sucks my battery dry ; can the noise be tamed?
hello_world_code: I need a macro for my spreadsheet ; hunt the bug in my loop ; would you craft an app for me? ; which brain is a decent programmer?
embeddings: I need coordinates for the sense of my sentences ; group texts by meaning ; do you deliver vectors?
layers_attention: by what magic do you produce words? ; is there a soul in there? ; what's the trick behind chatbots? ; how come a program can converse?
attention_what: how are earlier words taken into account? ; dissect a transformer for me ; what do the layers do one after another?
prompt_tips: how do I coax good texts out of it? ; it takes me the wrong way each time ; what's the recipe for a decent request? ; my questions yield waffle
summarize_docs: squeeze this essay into three lines ; I dread reading the whole report ; what's the bottom line of a lengthy text? ; chew through a thick manual for me
multi_select: sweep out a load of entries in one stroke ; tick a number of talks ; everything old should go together
quality_local_vs_cloud: does a home-grown brain match the big services? ; why not just use a website? ; is it inferior to the paid ones? ; what's the charm of running it yourself?
ctx_vs_memory: why's a long window so greedy? ; what must I pay in RAM for 64k? ; memory shot up when I widened the window
sidebar_dates: what determines who's on top of the list? ; the sequence of entries baffles me ; is the list chronological?
proxy: our network filters everything, what do I set? ; the brain I want is behind a login wall ; it demands a token from me
hash_check: was the file harmed on its way? ; is it the true file or a fake? ; what do I compare the long code with?
"""
