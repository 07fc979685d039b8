"""More groups of words that can stand for each other in a question; the same form as GROUPS in guide_words.py ('_' is a space).

Each word is in one group of this file only. Words of a group have the same grammatical form, so that a swapped question stays grammatical.
"""
MORE_GROUPS = """
delete purge expunge nuke zap ditch
deletes removes erases wipes discards gets_rid_of throws_away
deleted purged zapped ditched gotten_rid_of thrown_out chucked_out
deleting purging binning trashing ditching throwing_away chucking_out
deletion removal erasure disposal
undo reverse revert take_back roll_back
undoes reverses reverts rolls_back
undid reversed reverted rolled_back took_back
undoing reversing reverting rolling_back taking_back
restore recover retrieve bring_back get_back rescue salvage
restores recovers retrieves brings_back rescues
restored recovered retrieved brought_back rescued salvaged
restoring recovering retrieving bringing_back rescuing
restoration recovery retrieval rescue_attempt
keep hang_on_to hold_on_to maintain leave_in_place
retains preserves hangs_on_to holds_on_to maintains
kept held maintained held_on_to left_in_place
keeping retaining preserving holding_on_to maintaining
store stash file_away stow
stores stashes puts_away files_away
stored stashed put_away filed_away tucked_away
storing stashing putting_away filing_away
saves writes_to_disk records
saving recording writing_to_disk
lose mislay be_left_without
loses misplaces mislays
lost misplaced mislaid nowhere_to_be_found
losing misplacing mislaying
loss disappearance vanishing
find come_across pinpoint dig_out dig_up
finds locates discovers tracks_down spots pinpoints
found located discovered tracked_down spotted pinpointed dug_out
finding locating discovering tracking_down pinpointing
search rummage comb scour
searches looks_through scours combs_through
searched looked_through scoured combed_through
searching looking_through hunting scouring
move drag carry_over take_across put_elsewhere
moves shifts transfers relocates carries_over
moved dragged carried_over taken_across
moving shifting transferring relocating carrying_over
join merge unite fuse put_together
joins merges combines unites
joined merged combined united fused
joining merging combining uniting
merger union amalgamation
split divide separate_out break_up carve_up
splits divides breaks_up carves_up
divided broken_up separated carved_up
splitting dividing breaking_up separating
division separation splitting_up
show present_to_me put_on_screen make_visible
shows displays reveals presents
shown displayed revealed presented visible
showing displaying revealing presenting
hide tuck_away put_out_of_sight make_invisible get_out_of_the_way
hides conceals tucks_away
hidden concealed out_of_sight invisible tucked_out_of_sight
hiding concealing tucking_away
count tally add_up
counts tallies adds_up
counted tallied added_up
counting tallying adding_up
rename retitle relabel give_another_name_to
renames retitles relabels
renamed retitled relabelled given_another_name
renaming retitling relabelling changing_the_name_of
named called labelled titled nicknamed
naming labelling titling
sort arrange put_in_order line_up
sorts arranges puts_in_order
sorted arranged put_in_sequence lined_up
sorting arranging putting_in_order
organise organize tidy tidy_up structure bring_order_to
organises organizes tidies
organised organized tidied well-ordered
organising organizing tidying tidying_up
group cluster bundle lump_together
grouped clustered bundled lumped_together
grouping clustering bundling
mess clutter chaos jumble shambles
messy cluttered chaotic disorganised untidy
change amend rework revise play_with
changes modifies adjusts alters tweaks amends revises
changed amended revised reworked tweaked
changing amending revising reworking
alteration modification adjustment revision amendment
edit rewrite touch_up redraft
edits rewrites redrafts
edited rewritten redrafted touched_up
editing rewriting redrafting touching_up
correct rectify sort_out straighten_out
corrects fixes repairs mends rectifies
corrected fixed repaired mended rectified sorted_out
correcting fixing repairing mending rectifying sorting_out
correction fix_for_it remedy cure solution
solve resolve work_out crack get_to_the_bottom_of
solves resolves works_out cracks
solved resolved worked_out cracked
solving resolving working_out cracking
replace swap substitute exchange_for
replaces swaps substitutes
replaced swapped substituted
replacing swapping substituting
replacement substitute_part stand-in
switch change_over swap_over flip
switches changes_over flips
switched changed_over flipped
switching changing_over flipping
toggle flick flip_over
choose go_for settle_on decide_on plump_for
chooses picks selects goes_for opts_for settles_on
chose picked_out went_for opted_for settled_on
choosing picking selecting going_for opting_for settling_on
choice pick_of_mine selection
use make_use_of utilize put_to_use
uses employs utilises utilizes makes_use_of
used utilized made_use_of
using employing utilising utilizing making_use_of
usage utilisation utilization consumption
reuse recycle use_again
reuses recycles uses_again
reused recycled used_again
reusing recycling using_again
useful handy helpful of_use worthwhile valuable
useless pointless worthless of_no_use no_good futile
create build produce knock_up
creates builds produces
made created built produced
making creating building producing
creation making_of_it production
add append include tack_on throw_in
adds appends includes tacks_on
added appended included tacked_on
adding appending including tacking_on
addition extra supplement add-on
insert put_in stick_in slot_in pop_in
inserts puts_in sticks_in slots_in
inserted put_in_there stuck_in slotted_in
inserting putting_in sticking_in slotting_in
drop let_fall plonk dump_here
attach fasten stick_on clip_on
attaches fastens sticks_on
attached fastened clipped_on
attaching fastening clipping_on
attachment enclosed_file attached_file
attachments enclosed_files attached_files
pin keep_at_the_top fix_to_the_top
pinned kept_at_the_top fixed_to_the_top
pinning keeping_at_the_top fixing_to_the_top
copy clone make_a_copy_of mirror
copies duplicates replicates clones
copied duplicated replicated cloned
copying duplicating replicating cloning
paste stick_from_the_clipboard drop_in_text
export write_out put_out_as_a_file output_to_a_file
exports writes_out outputs_to_a_file
exported written_out output_to_file
exporting writing_out outputting
import bring_in read_in take_over_from_elsewhere pull_in
imports brings_in reads_in pulls_in
imported brought_in pulled_in
importing bringing_in reading_in pulling_in
print print_out put_on_paper get_on_paper
printing printing_out putting_on_paper
backup safety_copy spare_copy security_copy reserve_copy
backups safety_copies spare_copies security_copies
share pass_on hand_around give_to_others
shares passes_on hands_around
shared passed_on handed_around
sharing passing_on handing_around
send dispatch fire_off shoot_over mail_off
sends submits transmits dispatches fires_off
sent dispatched fired_off posted
sending submitting transmitting dispatching
unsent not_yet_sent never_sent unposted
ask enquire inquire want_to_know
asks enquires inquires wants_to_know
asked enquired inquired queried
asking enquiring inquiring querying
respond get_back_to_me come_back_to_me
answered replied responded got_back_to_me
answering replying responding getting_back_to_me
talk chat_away speak gab natter
talks speaks natters
talked spoke chatted nattered
talking speaking chatting nattering conversing
chat chinwag powwow
write jot pen scribble key_in
writes pens jots scribbles
written typed_up penned jotted_down
writing jotting scribbling penning keying_in
essay composition term_paper article_for_school
article piece_of_writing blog_post write-up
summary summing-up short_version recap digest synopsis
summaries short_versions recaps digests
summarise summarize sum_up condense boil_down recap_for_me
summarised summarized summed_up condensed boiled_down
summarising summarizing summing_up condensing boiling_down
translate render_into_another_language put_into_another_language
translation translated_version foreign-language_version
translations translated_versions language_versions
spelling orthography way_it_is_spelt
wording phrasing choice_of_words turn_of_phrase
headline caption heading_line
document manuscript written_document
documents papers manuscripts
text passage_of_text written_words
note memo reminder
notes memos jottings reminders
tongue lingo mother_tongue
languages tongues lingos
German Deutsch the_German_language
English the_English_language plain_English
interface user_interface UI front_end
sentence statement utterance
read scan peruse leaf_through browse_through
reads peruses goes_through takes_in leafs_through
reading perusing going_through leafing_through browsing_through
voice tone_of_voice spoken_voice
speech spoken_word spoken_language
aloud out_loud audibly
sound audio tone
sounds noises tones beeps
noise racket din hum whirring buzzing
noisy deafening ear-splitting rowdy
quieter less_noisy more_silent softer calmer
quiet hushed soundless noiseless
mute silence shut_up hush
music song melody
listen hear lend_an_ear
appearance style visual_style
looks seems comes_across_as
looking gazing peering staring
beautiful pretty lovely attractive gorgeous good-looking
ugly unsightly hideous unattractive
modern up-to-date contemporary state-of-the-art
outdated out_of_date obsolete antiquated old-fashioned
dark gloomy pitch-black shadowy
bright vivid luminous glowing
brightness luminosity intensity_of_light
colourful colorful multicoloured vibrant
coloured colored tinted
grey gray greyish
font typeface lettering text_style
bold heavy_type thick_letters
theme colour_scheme skin visual_theme
size dimensions extent magnitude bulk
sizes dimensions_of_each magnitudes
large sizeable sizable vast immense hulking whopping
larger more_sizeable beefier heftier
largest hugest bulkiest heftiest
small wee teeny itty-bitty diminutive miniature
smaller more_compact teenier dinkier
smallest tiniest_of_all most_compact
wide broad spacious
wider broader roomier
narrow slim thin tight
narrower slimmer thinner tighter
tall high_up lofty
length duration number_of_words
lengthy drawn-out long-winded wordy verbose
longer lengthier more_extended more_drawn-out
longest lengthiest most_extended
short snappy crisp succinct terse
shorter more_concise terser more_succinct crisper
shortest briefest most_concise
shorten abridge cut_short trim pare_down
shortened abridged trimmed pared_down
shortening abridging trimming paring_down
lengthen make_longer stretch_out prolong
heavy weighty bulky hulking_great
lightweight featherweight slimmed-down undemanding
enlarge magnify zoom_in_on blow_up make_bigger
enlarged magnified blown_up made_bigger
zoom magnification enlargement
fast speedily zippy nippy lightning-fast brisk
faster zippier nippier brisker at_greater_speed
fastest quickest speediest zippiest swiftest
slow snail-like sluggardly crawling dawdling
slower more_sluggish less_speedy more_slowly
slowest most_sluggish least_speedy
slowness sluggishness lack_of_speed
slows drags_down bogs_down
lag delay_in_reply hold-up latency
laggy stuttering jerky choppy
speed swiftness quickness rapidity
hurry rush make_haste get_a_move_on
accelerate speed_up quicken make_faster hasten
accelerated sped_up quickened hastened
accelerating speeding_up quickening hastening
instant immediate instantaneous split-second
soon shortly before_long in_a_little_while
sooner earlier_on more_promptly
late tardily behind_time
later afterwards afterward later_on at_a_later_date
early ahead_of_time too_soon prematurely
eventually in_the_end finally at_long_last
meanwhile in_the_meantime while_that_happens
lately recently of_late in_recent_days
nowadays these_days in_this_day_and_age
now right_now this_minute at_this_point
before ahead_of prior_to
previously formerly once_upon_a_time in_the_past
after subsequent_to in_the_wake_of
while whilst during_the_time_that
until till up_to_the_moment
during in_the_course_of throughout
moment second_or_two instant_or_so jiffy
minutes mins a_few_ticks
hour sixty_minutes hr
hours hrs long_hours
day calendar_day 24_hours
week seven_days fortnight
month calendar_month four_weeks
months long_months mths
year twelve_months yr
years yrs ages
morning forenoon early_hours
evening night nightfall
tomorrow the_day_after_today the_next_day
daily each_day every_day day_by_day
always perpetually continually all_along forever
never not_ever at_no_time not_once
sometimes occasionally now_and_then from_time_to_time once_in_a_while every_so_often
often repeatedly time_and_again a_lot_of_the_time
rarely seldom hardly_ever once_in_a_blue_moon scarcely
usually normally generally as_a_rule typically
suddenly all_of_a_sudden out_of_the_blue abruptly unexpectedly
temporarily for_the_time_being for_now for_a_while
permanently for_good for_ever once_and_for_all irrevocably
temporary short-lived passing provisional throwaway
first initial very_first opening
last final most_recent very_last
latest most_up-to-date most_recently_released
newest freshest most_modern latest_and_greatest
newer more_recent more_modern more_up-to-date
older more_ancient more_outdated less_recent
oldest earliest most_ancient
next following subsequent coming
twice two_times 2_times
repeat do_again say_again reiterate
repeats says_again reiterates
repeated reiterated said_again
repeating reiterating saying_again going_round_in_circles
repetition repeated_text constant_repeating
history past_record log_of_the_past
several a_number_of a_handful_of quite_a_few
countless loads_of heaps_of tons_of umpteen
additional further supplementary
less not_as_much a_smaller_amount_of
fewer not_as_many a_smaller_number_of
enough sufficient adequate ample
too excessively overly way_too far_too
some a_certain_amount_of a_bit_of a_little
every each every_last
everything all_of_it the_lot the_whole_lot the_whole_shebang
everyone everybody each_person all_people
everywhere all_over in_every_place all_over_the_place
nothing zilch nil not_a_thing not_anything
nobody no_one not_a_soul
none not_any not_a_single_one
somewhere someplace in_some_place
nowhere no_place not_anywhere
only merely solely exclusively
also as_well in_addition
almost nearly practically virtually just_about
about regarding concerning with_regard_to on_the_subject_of
approximately roughly more_or_less give_or_take circa
exactly precisely to_the_letter spot_on
exact precise pinpoint_accurate
completely totally entirely utterly wholly fully
partly partially in_part to_some_extent to_a_degree
very extremely awfully terribly highly ever_so
really truly genuinely in_truth
quite fairly rather pretty_much
especially particularly above_all most_of_all
number figure quantity numeral
numbers figures quantities numerals
amount quantity_of_it volume sum
total grand_total overall_sum
average mean_value typical_value
percent per_cent percentage
single sole lone individual
both the_two the_pair each_of_the_two
pair couple duo twosome
double twofold two_times_as_much
three a_trio_of 3
four a_quartet_of 4
five a_handful 5
ten about_ten 10
zero nought naught
half 50_percent one_half 50%
part portion_of_it chunk fragment slice segment
parts pieces portions bits chunks fragments segments
piece morsel scrap_of_it
row line_of_things rank
lines rows_of_text text_lines
space room_to_spare capacity free_room
full crammed jam-packed filled_up stuffed brimming
empty unfilled void bare
empties clears_out vacates
clear empty_out clean_out flush
clearing emptying_out cleaning_out flushing
cleared emptied cleaned_out flushed
clean tidy_looking neat spotless
reset set_back start_over_with put_back_to_normal return_to_defaults
resetting setting_back putting_back_to_normal
normal ordinary usual regular run-of-the-mill standard
default standard_setting preset_value factory_setting
special particular exceptional out_of_the_ordinary
common widespread commonplace everyday
rare uncommon scarce infrequent
open start_up fire_up call_up
opens launches brings_up fires_up
opened launched fired_up called_up
opening_up launching bringing_up firing_up
reopen open_again bring_up_again call_up_again
reopening opening_again bringing_up_again
close shut_down exit quit_from
closes shuts exits quits
closed shut_off exited shut_tight
closing shutting exiting shutting_down
start get_going set_in_motion crank_up boot_up initiate
starts begins launches_itself commences boots_up kicks_off
started commenced kicked_off booted_up initiated
starting initiating commencing kicking_off booting_up
starter beginner's introductory entry-level
beginning start_of_it outset onset
restart reboot start_again relaunch start_afresh
restarted rebooted relaunched started_again
restarting rebooting relaunching starting_again
stop cease knock_off call_off put_an_end_to pull_the_plug_on
stops halts_itself breaks_off gives_up_halfway packs_it_in
stopped cut_off_midway called_off packed_it_in
stopping halting cancelling interrupting aborting
cancel scrub bail_out_of
cancelled canceled aborted interrupted
end finish_off conclude wrap_up bring_to_an_end
ends finishes concludes comes_to_an_end
ended concluded came_to_an_end wrapped_up
ending finishing_up concluding coming_to_an_end
finish complete_it get_done round_off
finished completed done_with all_done
unfinished incomplete half-finished half-done
continue press_on push_on keep_at_it persevere go_further
continues resumes carries_on goes_on keeps_going
continued resumed carried_on went_on kept_going
continuing resuming carrying_on going_on keeping_going
pause take_a_break put_on_hold suspend
paused suspended put_on_ice on_hold
pausing suspending putting_on_hold
wait hang_on hold_on stand_by bide_my_time
waits hangs_on stands_by
waited hung_on stood_by
waiting hanging_on standing_by hanging_about
ready prepared all_set good_to_go
prepare get_ready make_ready set_things_up
try attempt have_a_go_at give_it_a_shot give_it_a_whirl
tries attempts has_a_go_at
tried attempted had_a_go_at
trying attempting having_a_go_at
test put_to_the_test try_out trial
tests checks trials examinations
tested tried_out checked verified
testing trying_out checking verifying
check double-check look_over have_a_look_at make_sure_of
inspection check-up once-over
confirm make_certain ascertain validate
watch keep_an_eye_on observe follow_closely
watching observing keeping_an_eye_on monitoring
track keep_track_of monitor_closely follow_along
tracking surveillance spying snooping
spy snoop eavesdrop listen_in
see glimpse catch_sight_of clap_eyes_on
sees notices glimpses
seen noticed glimpsed
seeing viewing noticing
understand figure_out make_sense_of wrap_my_head_around get_my_head_round
understands grasps comprehends gets_the_gist_of
understood grasped comprehended figured_out
understanding grasping comprehending figuring_out
misunderstand get_wrong misread take_the_wrong_way
explain spell_out make_clear shed_light_on elucidate walk_me_through
explains describes clarifies spells_out
explained described clarified spelled_out spelt_out
explaining describing clarifying spelling_out
explanation description clarification account_of_it
learn pick_up find_out study get_to_know
learns picks_up finds_out studies
learned learnt picked_up_on studied
learning picking_up studying getting_to_know
learner student pupil apprentice trainee
teach instruct coach school_me_in
teaches instructs coaches
taught instructed coached
teaching instructing coaching tutoring
lesson class tutorial
lessons classes tutorials
school college university academy
homework schoolwork coursework school_assignment
exam test_paper quiz final_exam
beginner newbie novice newcomer rookie greenhorn
beginners newbies novices newcomers rookies
specialist professional guru old_hand
knowledge know-how expertise understanding_of_it
know realise realize
knows is_aware_of has_knowledge_of is_familiar_with
knew was_aware_of had_knowledge_of
known familiar well-known recognised
unknown unfamiliar unheard-of unrecognised
guess have_a_stab_at speculate_about take_a_guess_at
rough_guess ballpark_figure guesstimate
manual handbook how-to walkthrough
instructions directions guidelines directives
steps stages procedures moves_to_make
tip hint pointer piece_of_advice
tips hints pointers suggestions
advice guidance counsel recommendations
advise recommend suggest propose
recommended suggested advised advisable proposed
recommends suggests advises proposes
example instance_of_it sample illustration
examples samples illustrations
think ponder reflect mull_things_over
believe reckon suppose figure_that
believed reckoned supposed
thinking pondering reasoning_things_out musing
opinion view_on_it point_of_view take_on_it
idea notion brainwave inspiration
ideas notions inspirations brainwaves
imagine picture_it dream_up conjure_up
invent make_up concoct cook_up fabricate
invents makes_up concocts fabricates
invented made_up concocted fabricated
inventing making_up concocting fabricating
lie fib tell_untruths tell_porkies
lies fibs tells_untruths tells_porkies
nonsense rubbish gibberish drivel garbage baloney claptrap
babbles rambles waffles drivels_on
trust rely_on have_faith_in count_on believe_in
trustworthy reliable dependable believable credible
unreliable untrustworthy undependable shaky
truth facts_of_the_matter honest_answer
facts truths true_statements hard_facts
honest truthful sincere upfront straightforward
remember bear_in_mind retain_in_memory call_to_mind not_forget
remembers recalls keeps_in_mind bears_in_mind
remembered recalled kept_in_mind
remembering recalling keeping_in_mind
remind jog_my_memory refresh_my_memory
forget let_slip fail_to_remember draw_a_blank_on
forgets loses_the_thread fails_to_remember
forgot failed_to_remember lost_track_of
forgotten slipped_my_mind no_longer_remembered
forgetting losing_track_of failing_to_remember
forgetful absent-minded scatterbrained
compare set_side_by_side put_next_to_each_other hold_up_against
compares contrasts weighs_up
compared contrasted weighed_up
comparing contrasting weighing_up
comparison contrast_between side-by-side_look
difference distinction disparity discrepancy
differences distinctions disparities discrepancies
differs is_different varies deviates
different unlike_each_other dissimilar not_the_same divergent
differently in_another_way otherwise in_a_different_manner
same selfsame very_same unchanged
similar alike_somehow comparable much_the_same akin
equal equivalent on_a_par
match correspond_to fit_together go_with
matches corresponds_to agrees_with
versus vs as_opposed_to compared_with
better finer more_suitable of_higher_quality preferable
best finest top-notch first-rate most_suitable
worse less_good more_awful of_lower_quality
worst most_awful poorest lousiest
improve make_better enhance refine polish
improves enhances refines polishes
improved enhanced refined polished
improving enhancing refining polishing
improvement enhancement refinement
spoil ruin wreck mess_up muck_up botch
spoiled spoilt ruined wrecked messed_up botched
harm do_damage_to impair injure
hurt do_harm cause_damage
quality calibre standard_of_work
good great excellent splendid brilliant superb top-quality
bad dreadful rotten rubbishy appalling atrocious shoddy
perfect flawless faultless impeccable
imperfect flawed not_quite_right
advantage benefit upside plus_point strong_point
advantages benefits upsides plus_points strong_points
drawback downside disadvantage catch shortcoming weak_point
drawbacks downsides disadvantages shortcomings weak_points
worth worthwhile_paying_for deserving_of
matter make_a_difference count_for_something be_important
matters makes_a_difference is_important
important significant key_thing noteworthy weighty_matter
unimportant insignificant trivial negligible
necessary essential_to_have indispensable mandatory
unnecessary needless superfluous redundant
optional not_compulsory voluntary
needs requires calls_for demands takes_up
needing requiring calling_for
requirements prerequisites what_is_needed necessities
wants wishes would_like desires
wanted wished desired
wanting wishing desiring longing
wish hope long_for yearn crave hanker
enjoy be_fond_of relish
likes enjoys is_fond_of fancies
liked enjoyed was_fond_of
love adore be_crazy_about
prefer would_rather_have favour favor
dislike hate loathe detest can't_stand can't_bear
dislikes hates loathes detests
hated loathed detested disliked
annoy irritate bother bug_me get_on_my_nerves
annoys irritates bothers gets_on_my_nerves drives_me_mad
annoyed irritated fed_up cheesed_off ticked_off
annoying infuriating maddening tiresome aggravating
angry mad_about_it furious cross livid
happy glad pleased delighted chuffed
sad unhappy upset down_in_the_dumps
worried anxious concerned uneasy nervous
worry fret be_anxious be_concerned
afraid scared frightened fearful
confused puzzled baffled bewildered at_a_loss
confusing puzzling baffling bewildering perplexing
surprised astonished amazed taken_aback gobsmacked
frustrated exasperated at_my_wits'_end at_the_end_of_my_tether
tired exhausted worn_out knackered
bored sick_and_tired weary
boring dreary humdrum monotonous mind-numbing
interesting fascinating intriguing gripping engaging
funny amusing hilarious comical witty
fun enjoyable entertaining a_good_laugh
joke gag pun wisecrack
serious grave earnest solemn
polite courteous well-mannered civil
rude impolite cheeky ill-mannered uncivil
friendly amiable pleasant warm-hearted
strict stern rigid rigorous
careful cautious wary prudent
careless sloppy slapdash slipshod
patient willing_to_wait long-suffering
lazy slothful work-shy
busy occupied tied_up engaged_with_work
idle doing_nothing unoccupied inactive twiddling_its_thumbs
stupid daft thick brainless dopey
clever brainy sharp-witted astute ingenious
smarter brainier more_intelligent wiser
creative artistic original_thinking full_of_ideas
strange bizarre curious unusual outlandish
crazy insane bonkers nuts
problem snag hitch glitch headache complication
problems troubles issues difficulties snags hitches glitches
mistake oversight boo-boo cock-up howler
mistakes typos slips blunders faults
error failure malfunction fault_message
errors failures malfunctions fault_messages
bug defect programming_mistake flaw gremlin
bugs defects programming_mistakes flaws gremlins
wrong amiss erroneous inaccurate off_the_mark
wrongly incorrectly mistakenly in_error
accurate on_the_mark bang_on
fail go_wrong come_unstuck fall_through go_pear-shaped
fails goes_wrong falls_through doesn't_succeed
failed went_wrong fell_through didn't_succeed went_pear-shaped
failing going_wrong falling_through
success accomplishment triumph good_outcome
succeed manage_it pull_it_off make_it_work
crash go_belly_up keel_over conk_out fall_over
crashes freezes hangs dies collapses conks_out
crashed conked_out fell_over keeled_over packed_up
crashing freezing dying conking_out falling_over
frozen locked_up unresponsive hung_up not_responding
stuck jammed wedged trapped bogged_down
broken bust on_the_blink out_of_order kaput wonky
smash snap come_apart
damage wear_and_tear destruction breakage
destroy demolish annihilate obliterate
destroyed demolished annihilated obliterated
refuse decline turn_down reject say_no_to
refuses declines turns_down rejects
refused declined turned_down rejected
refusing declining turning_down rejecting
accept agree_to take_on_board say_yes_to
accepted agreed_to approved
bar_from_entering obstruct impede
blocked obstructed barred prevented
forbid prohibit ban disallow
forbidden prohibited banned disallowed not_permitted
allow enable_me_to give_permission_for green-light
allows permits lets enables
allowed permitted authorised authorized
allowing permitting letting
permission authorisation authorization go-ahead
rights permissions privileges
enable activate turn_on switch_on
enabled activated turned_on switched_on
enabling activating turning_on switching_on
disable deactivate turn_off switch_off
disabled deactivated turned_off switched_off
disabling deactivating turning_off switching_off
prevent hinder ward_off keep_from guard_against
prevents hinders avoids keeps_from
avoid steer_clear_of get_around dodge sidestep
avoided dodged sidestepped steered_clear_of
force compel oblige coerce
forced compelled obliged coerced
lock padlock secure_with_a_key bolt
locked padlocked bolted
protect guard shield safeguard defend
protects guards shields safeguards
protected guarded shielded safeguarded
protecting guarding shielding safeguarding
protection safeguard_against_harm security
safe out_of_danger risk-free harmless
unsafe dangerous risky hazardous perilous
danger risk hazard peril
dangers risks hazards perils
private for_my_eyes_only hush-hush just_between_us
privacy confidentiality secrecy discretion
privately confidentially in_private in_confidence
public open_to_everyone out_in_the_open
secret classified under_wraps
password passcode secret_word pass_phrase
passwords passcodes secret_words
account login user_account profile
accounts logins user_accounts profiles
register sign_up enrol enroll
anonymous nameless unnamed
strangers outsiders third_parties unknown_people
steal pinch nick swipe make_off_with
stolen pinched nicked swiped
thief robber burglar crook
hacker intruder attacker cybercriminal
hacked compromised broken_into
virus malware malicious_program
leak get_out seep_out trickle_out
leaks gets_out seeps_out
trace sign_of_it footprint vestige
encrypted scrambled enciphered encoded
encrypt scramble encipher encode
collect gather amass harvest
collects gathers amasses harvests
collected gathered amassed harvested
data information details info
phone cellphone cell handset
computer lappy home_computer computing_machine
computers PCs machines laptops notebooks boxes rigs
laptop portable_computer MacBook Chromebook
device gadget gizmo piece_of_kit appliance
devices gadgets gizmos appliances
hardware equipment kit gear physical_parts
GPU graphics_processor graphics_board video_chip
GPUs graphics_cards video_cards cards graphics_processors
CPU main_processor central_processor
memory working_memory main_memory memory_space
VRAM video_memory graphics_memory GPU_memory
keyboard keypad typing_keys
mouse computer_mouse trackpad touchpad
screen VDU flat_screen computer_screen
monitor second_screen external_display
printer laser_printer inkjet
camera webcam digicam
microphone mic mike
headphones earphones headset earbuds
speakers loudspeakers speaker_boxes
cable lead wire cord
plug power_plug wall_plug
battery power_pack accumulator rechargeable_battery
charger power_supply power_adapter
fan cooling_fan ventilation blower
hot scorching overheated sweltering toasty roasting
hotter warmer more_overheated
heat warmth high_temperatures
cold chilly cool freezing_cold
overheat get_too_hot boil_over run_hot
drain use_up exhaust_fully sap
drains uses_up saps eats_up
consume eat_up gobble_up guzzle swallow
consumes gobbles_up guzzles swallows
hungry greedy demanding resource-heavy
strong powerful beefy muscular robust
stronger more_powerful more_robust
strongest most_powerful most_robust
weak feeble puny underpowered weedy
weaker feebler punier less_powerful
buy get_hold_of pay_for invest_in shell_out_for
buys purchases gets_hold_of pays_for
bought purchased paid_for invested_in
buying purchasing paying_for investing_in
sell flog put_up_for_sale
shop retailer dealer outlet
price cost_of_it price_tag asking_price
prices rates_charged price_tags
cost set_me_back come_to_in_money
costs is_priced_at sets_me_back
cheap inexpensive affordable low-cost low-priced
cheaper less_expensive more_affordable
cheapest least_expensive most_affordable
expensive costly pricey high-priced steep
free complimentary without_charge for_nothing
money dosh dough bucks quid
pay cough_up fork_out settle_up
paid settled_up coughed_up forked_out
fee charge subscription_fee
bill invoice statement_of_charges
subscription membership monthly_plan
budget spending_limit available_money
bargain good_deal steal_of_a_deal
upgrade bring_up_to_date step_up_to
upgrades renews brings_up_to_date
upgraded updated renewed brought_up_to_date
upgrading updating renewing bringing_up_to_date
updates upgrades_and_patches patches newer_versions
version edition release variant
versions editions releases variants
kind category variety
kinds varieties categories
brand make_and_model manufacturer
install load_onto_my_machine put_onto_my_computer get_up_and_running
installs sets_up puts_on
installed set_up_already put_on_my_machine
installing setting_up putting_on
installation setup installing_process
installer setup_program setup_file
uninstall deinstall get_off_my_computer take_off_my_machine
uninstalling deinstalling getting_off_my_computer
download grab_from_the_web pull_from_the_net save_from_the_internet
downloads fetches pulls_down
downloaded fetched pulled_down grabbed
downloading fetching pulling_down grabbing
upload put_up_online feed_in send_up
link hyperlink web_link URL
website web_page site web_address
browser web_browser internet_browser
internet world_wide_web broadband wifi Wi-Fi
offline without_internet disconnected off_the_grid
online connected_to_the_internet on_the_web over_the_internet
cloud somebody_else's_servers remote_servers online_service
local on-device on_my_own_machine on-premises
locally on_this_machine right_here_on_my_computer
remote far-off distant faraway
server host host_machine serving_machine
servers hosts host_machines
connect plug_in join_up wire_up
connects links hooks_up joins_up
connected linked hooked_up joined_up plugged_in
connecting linking hooking_up plugging_in
connection hookup link-up network_link
disconnect unplug detach cut_the_connection
interruption outage breakdown_in_service
email electronic_mail e-mail email_message
app applet piece_of_software software_package
program computer_program software_program utility
programs apps applications utilities
software programs_and_apps program_code
feature capability facility
features capabilities facilities
file computer_file item_on_disk
files data_files computer_files items_on_disk
folder subfolder subdirectory file_folder
disk hard_disc storage_drive
disc CD DVD
format file_type file_format
formats file_types file_formats
convert transform turn_into change_into
converts transforms turns_into changes_into
converted transformed turned_into changed_into
converting transforming turning_into changing_into
code source_code program_text programming_code
coding programming writing_code software_development
programmer developer coder software_engineer
script small_program macro
execute set_running get_running
panel side_panel pane_on_the_side
sidebar side_strip bar_at_the_side
menu drop-down list_of_choices
button push-button clickable_thing knob
buttons push-buttons knobs controls
icon pictogram little_picture small_symbol
symbol sign mark
arrow pointer_symbol chevron
arrows pointer_symbols chevrons
tab page_tab tabbed_page
cursor mouse_pointer caret
click tap hit
clicks presses taps hits
clicked pressed tapped
clicking pressing tapping hitting
press hit_the_key push strike
hover point_at rest_the_mouse_on
scroll roll_down page_down
scrolling rolling_down paging_down
jump leap skip hop
jumps leaps skips hops
jumping leaping skipping hopping
highlight mark_up emphasise
settings prefs configurations setup_options
configure set_to_my_taste customise customize tailor personalise
configuration set-up config
adjust tune calibrate
notification alert pop-up heads-up
notifications alerts pop-ups heads-ups
notify alert_me let_me_know give_me_a_shout
warn caution give_warning
warning caution_note word_of_warning
shortcuts keyboard_shortcuts quick_keys
picture snapshot photograph pic drawing
pictures snapshots photographs pics drawings
image illustration_file graphic
video film clip movie
videos films clips movies
game video_game computer_game
list catalogue catalog enumeration
lists enumerations catalogues catalogs
table chart grid
tables charts grids
diagram graph plot
column upright_row vertical_strip
page side_of_paper web_document
pages sheets sides_of_paper
book paperback hardback publication
story narrative yarn_of_mine anecdote
poem limerick sonnet rhyming_text
recipe cooking_instructions dish
letter written_message formal_letter
chapter section_of_a_book part_of_a_book
title name_at_the_top headline_name
titles headings headline_names
top highest_point summit uppermost_part
bottom lowest_point foot underside
left left-hand_side left_side
middle centre center midpoint
edge border rim margin
corner angle recess
side flank edge_of_it
inside within in_the_interior_of
outside out_of_doors beyond_it
beside next_to alongside by_the_side_of adjacent_to
between in_between sandwiched_between
near close_to nearby in_the_vicinity_of
far a_long_way_off miles_away
here in_this_place over_here
elsewhere off_somewhere to_another_place
underneath beneath below
above overhead on_top_of
place whereabouts site_on_disk hiding_place
places locations positions
location whereabouts_of_it exact_place
way fashion approach
ways methods manners approaches
method technique procedure
trick knack clever_way dodge_that_works
plan scheme strategy game_plan
purpose aim goal objective intention
reason grounds motive explanation_for_it
reasons causes motives
cause bring_about give_rise_to lead_to
result upshot end_product outcome
results outcomes findings consequences
effect impact consequence
affect influence have_an_impact_on
affects influences has_an_impact_on
because since_it_is on_account_of_the_fact_that
although though even_though
however nevertheless nonetheless
instead rather_than_that in_its_place
without lacking minus in_the_absence_of
despite in_spite_of notwithstanding
except apart_from aside_from other_than
via by_way_of by_means_of
if in_case assuming supposing
unless except_if if_not
why for_which_reason for_what_purpose
where in_which_place at_what_spot whereabouts_exactly
possible achievable within_reach on_the_cards
impossible out_of_the_question unachievable a_no-go
can could may
able capable in_a_position
unable incapable powerless not_able
must should shall
maybe might_be could_be conceivably
probably likely in_all_likelihood most_likely
sure certain positive confident
surely certainly definitely undoubtedly without_a_doubt
apparently seemingly it_seems evidently
obvious evident plain_to_see self-evident clear-cut
obviously of_course naturally
suitable fitting appropriate apt
unsuitable inappropriate ill-suited
fit squeeze_in go_into slot_into
fits squeezes_in goes_into slots_into
decide make_up_my_mind determine_myself come_to_a_decision
decision verdict ruling
give hand_over provide supply furnish
gives hands_over provides supplies
given handed_over provided supplied
giving handing_over providing supplying
obtain come_by lay_my_hands_on get_my_hands_on
obtains receives acquires
obtained received acquired
obtaining receiving acquiring
grab_hold_of seize snatch
put stick pop shove
puts sticks pops shoves
pull tug yank haul
push_hard shove_along thrust
leaves departs goes_off
stay remain stick_around
stays remains sticks_around
arrive turn_up_here get_here
arrives turns_up comes_along
appear pop_up surface come_into_view
appears shows_up pops_up emerges
appeared showed_up popped_up emerged
disappear fade_away evaporate drop_out_of_sight
disappears vanishes evaporates goes_missing
disappeared evaporated went_missing went_up_in_smoke
happen come_about crop_up
happens comes_about crops_up
happened occurred took_place came_about
happening occurring taking_place going_on_there
grow get_bigger swell get_longer
grows swells gets_bigger
growing swelling getting_bigger
shrink get_smaller dwindle contract
reduces lowers decreases lessens cuts_down
reduced lowered decreased lessened cut_down_on
reducing lowering decreasing lessening cutting_down
reduction decrease_in_size cutback
increases raises boosts expands
increased raised boosted expanded
increasing raising boosting expanding
rise climb go_up mount
sink go_down plummet
limit ceiling upper_limit cut-off_point restriction
limits caps maximums bounds restrictions
limited restricted capped constrained
unlimited limitless boundless unrestricted endless
maximum most_possible utmost upper_bound
minimum least_possible lower_bound
high elevated sky-high
higher more_elevated upped
highest topmost uppermost
low modest meagre
deep profound in-depth
easy effortless painless straightforward_to_do child's_play a_piece_of_cake
easier simpler less_complicated more_straightforward
easiest simplest least_complicated
easily readily with_ease without_any_bother
simple uncomplicated no-frills foolproof
hard challenging demanding_work arduous
harder tougher trickier more_challenging
complicated complex convoluted intricate fiddly
help give_me_a_hand lend_a_hand bail_me_out
helps assists aids lends_a_hand
helped assisted aided lent_a_hand
helping assisting aiding lending_a_hand
helper assistant_of_mine aide sidekick
support back_up_with_help stand_behind
supported catered_for handled backed
supports caters_for handles backs
deal_with cope_with handle_it tackle
manage look_after take_care_of administer
managed looked_after taken_care_of administered
managing looking_after taking_care_of administering
work do_its_job behave_as_it_should perform
works operates_properly does_its_job performs
worked functioned operated did_its_job
working up_and_running in_working_order doing_its_job
job task assignment chore
tasks jobs assignments chores
boss supervisor line_manager gaffer
colleague co-worker workmate coworker
colleagues co-workers workmates coworkers
company enterprise corporation organisation organization
customer client patron
office bureau place_of_work
meeting get-together conference appointment
people punters individuals human_beings
person fellow chap bloke guy
man gentleman gent
woman lady lass
children youngsters little_ones kiddies
child kid youngster toddler
family relatives household kin
mother mum mom mummy
father dad daddy
brother bro sibling
wife missus better_half
grandma granny nan grandmother
grandpa granddad grandfather gramps
friend companion chum bestie
friends mates pals buddies chums
neighbour neighbor person_next_door
user person_using_it operator
users people_using_it operators
doctor GP medic
lawyer solicitor attorney
teacher schoolteacher educator schoolmaster
home abode place_where_I_live
house dwelling residence
flat apartment condo
car automobile vehicle motor
plane aeroplane airplane aircraft
holiday vacation getaway
trip journey voyage outing
weather climate outdoor_conditions
world globe planet
country nation land
city town metropolis
true factual genuine
real actual authentic bona_fide
fake bogus phoney phony counterfeit
random unpredictable hit-and-miss
predictable foreseeable expected
automatic self-acting hands-free
automatically of_its_own_accord unprompted without_my_doing_anything
manually by_hand in_person
secretly on_the_sly on_the_quiet without_my_knowledge in_secret
accidentally by_accident by_mistake unintentionally inadvertently
deliberately on_purpose intentionally knowingly
together side_by_side hand_in_hand as_one
alone on_my_own by_myself solo
separately one_by_one individually on_its_own_each_time
separate stand-alone detached self-contained
again over_again yet_again one_more_time
still even_now to_this_day
already by_now before_now
yet so_far up_to_now
well properly nicely satisfactorily
badly poorly dreadfully
thanks ta many_thanks much_obliged
hello hi hey howdy greetings good_day
goodbye bye see_you cheerio so_long
sorry apologies pardon excuse_me
yes yeah yep yup aye
ok fair_enough right-o okey-dokey
please if_you_please if_you_would
complain grumble moan whinge gripe
complains grumbles moans whinges
complaint grievance gripe_of_mine
contact get_in_touch_with reach_out_to get_hold_of_someone
feedback comments remarks
rating score_out_of_ten mark_given
rule regulation principle
rules regulations principles
licence permit_to_use terms_of_use
legal lawful permissible
illegal unlawful against_the_law
responsible accountable answerable
project undertaking venture
behave act conduct_itself
behaves acts conducts_itself
behaviour behavior conduct
character personality temperament
role part_to_play persona
pretend make_believe act_as_if
imaginary made-up fictional
practice rehearsal drill
practise rehearse train_myself
calculate compute reckon_up crunch
calculates computes reckons_up
calculated computed reckoned_up
calculating computing reckoning_up number-crunching
calculation computation sum_to_do
maths math mathematics arithmetic
measure size_up take_the_measure_of
measures gauges determines
measured gauged determined
measuring gauging determining
notice spot_something become_aware_of
ignore disregard overlook pay_no_attention_to
ignores disregards overlooks
ignored disregarded overlooked
obey follow_orders comply do_as_told
obeys complies does_as_told
interrupt butt_in cut_in barge_in
disturb get_in_the_way bother_me distract
queue waiting_line backlog
queued lined_up_to_wait waiting_its_turn
simultaneously at_the_same_time all_at_once concurrently
tray notification_area taskbar_corner
trained schooled educated drilled
train educate coach_up
training schooling drilling
quota ration share_of_it allowance
talkative chatty garrulous
rambling going_off_on_tangents waffling babbling
fluent smooth flowing
smoothly without_a_hitch like_clockwork
rough approximate ballpark
"""
