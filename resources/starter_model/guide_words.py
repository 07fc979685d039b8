"""Groups of words that can stand for each other in a question, so that the guide meets many everyday words; '_' is a space.

A word may be in one group only: the first group that holds it counts.
"""
GROUPS = """
delete remove erase wipe discard trash scrap bin eliminate throw_away throw_out toss get_rid_of dump
deleted removed erased wiped discarded trashed scrapped thrown_away binned
deleting removing erasing discarding wiping getting_rid_of
chat conversation talk discussion dialogue thread session exchange
chats conversations talks discussions dialogues threads sessions exchanges
message text note line entry
messages texts notes entries
answer reply response output result
answers replies responses outputs results
question query request prompt inquiry
questions queries requests prompts
program app application software tool thing
computer PC machine laptop notebook desktop_computer workstation box rig
model LLM AI brain network assistant bot
models LLMs AIs brains networks
folder directory path place_on_disk
folders directories paths
file document data_file
change modify adjust alter switch tweak edit set
changed modified adjusted altered
changing modifying adjusting altering tweaking
correct fix repair amend mend put_right
mistake error typo slip blunder fault
find locate discover track_down spot look_up hunt_down
search look seek hunt dig browse
fast quick rapid speedy swift
faster quicker speedier snappier more_quickly
slow sluggish lame tardy slowish
slowly sluggishly at_a_snail's_pace
speed pace tempo velocity performance throughput
stop halt cancel interrupt abort end break_off quit cut_off
stopped halted ended quit ceased broke_off
stops halts ends quits ceases
begin start launch commence kick_off
started began launched
continue resume proceed carry_on go_on keep_going
big large huge enormous giant massive hefty
bigger larger greater
biggest largest greatest
small little tiny mini minute compact
smaller tinier littler
smallest tiniest
show display reveal view present
see view watch look_at
hide conceal fold_away collapse
save keep store preserve retain hold
saved kept stored preserved retained
get obtain receive fetch acquire grab
use employ utilise work_with run apply
used employed utilised
buy purchase
need require
needed required necessary
want wish desire
pick choose select take opt_for
chosen picked selected
old previous earlier former past
new fresh recent brand-new
another a_different one_more an_additional
memory RAM
GPU graphics_card video_card card graphics_chip
processor CPU chip
disk drive hard_disk SSD hard_drive storage
internet web net network connection
picture image photo
pictures images photos
letters characters type glyphs
screen display monitor
dark black dim night-coloured
bright light glaring dazzling shiny
colour color shade
colours colors shades
loud noisy
quiet silent calm
hot warm boiling
broken damaged defective faulty corrupt busted
crash freeze hang die collapse
crashed froze hung died collapsed
lost gone vanished missing disappeared
lose misplace
help assist support aid
explain describe clarify illustrate
understand grasp get comprehend
tell inform
why how_come for_what_reason
several multiple many a_few various
many numerous lots_of plenty_of a_lot_of
two a_couple_of 2
together jointly in_combination
same identical equal alike
different other distinct unlike
private confidential secret personal
secure safe protected
send submit post deliver transmit
sent submitted posted delivered
write type compose enter put_down
writes types produces generates
writing typing composing generating
wrote typed entered put_down
read go_through take_in
say tell state express
said stated told
copy duplicate replicate
name title label heading
names titles labels
top upper_end head
list overview column
button switch control
key shortcut hotkey
keys hotkeys shortcuts
settings preferences options configuration
setting option preference
word term expression
words terms expressions
sentence phrase line
paragraph section passage
free gratis at_no_cost
money cash
work function operate do_the_job
works functions operates
working functioning operating
good fine decent nice solid
better superior nicer
best ideal optimal top
bad poor awful terrible lousy
stupid dumb silly dim
clever smart intelligent bright_minded wise
smarter cleverer wiser
always constantly every_time permanently all_the_time
often frequently regularly
again once_more anew afresh another_time
forget lose_track_of
forgets loses_track_of
remember recall keep_in_mind memorise
limit cap maximum bound
window pane
install set_up put_on
download fetch pull_down
update upgrade renew
possible feasible doable
impossible not_possible
problem trouble issue difficulty
quickly fast rapidly promptly
immediately at_once instantly right_away straight_away
long lengthy extended
short brief concise
shorter briefer
wait pause delay
wrong incorrect false mistaken
right correct proper
true correct
strange odd weird peculiar funny
boring dull tedious dry
creative imaginative inventive original
random erratic arbitrary haphazard
compare contrast weigh
measure gauge determine
check verify test examine inspect
empty blank vacant
full complete filled
part piece portion bit
half fifty_percent
whole entire complete
important crucial essential vital
simple easy plain basic
easily simply without_effort
hard difficult tough tricky
person human somebody someone
people folks persons others
friend buddy pal mate
children kids
company firm business employer
office workplace
home house flat
phone smartphone mobile telephone
teacher tutor instructor
doctor physician
letter mail email
book novel
story tale
poem verse rhyme
reason cause
way method manner route
place spot location position
time moment
today this_day
yesterday the_day_before
quality accuracy goodness
worse poorer inferior
reduce lower decrease lessen cut_down shrink
increase raise boost enlarge expand extend
move shift transfer relocate
moved shifted transferred relocated
open launch bring_up pull_up
close shut
connect link hook_up attach
allow permit let
prevent avoid stop_from
happen occur take_place
happens occurs takes_place
appear show_up turn_up emerge
disappear vanish go_away
annoying irritating bothersome
terminal console shell command_line
command instruction
page sheet
left left-hand
energy power electricity
battery akku
fan cooler ventilator
currently now at_present at_the_moment
automatically by_itself on_its_own
secretly behind_my_back
talk_to speak_to converse_with
maybe perhaps possibly
please kindly pls plz
thanks thank_you thx cheers
ok okay alright
cannot can't am_unable_to
don't do_not
"""
# Everyday words that say nothing about the topic; a few are strewn in so that unknown words do not mislead.
EVERYDAY = """
actually really just simply maybe somehow basically kinda sort_of you_know well so like honestly anyway then now again please quickly
today yesterday tomorrow here there always sometimes often still yet already
my_dear friend mate buddy guys folks everyone sir
"""
