"""More everyday questions that are outside the reach of a very small model, and more small talk."""
REACH_MORE = r"""
{what should I|what can I} {cook|eat|make for dinner|bake} {tonight|today|with eggs and rice|for eight guests}{?|}
{which|what} {shoes|dress|jacket} {should I wear|goes with blue|is in fashion}{?|}
my {dog|cat|rabbit|baby} {does not eat|coughs|is sick|cries all night}, what {helps|should I do}?
{how long|how hot} {do I|must I|should I} {boil an egg|cook pasta|bake a cake|roast a chicken|brew tea}?
{how do I|how can I} {get a red wine stain out|unblock the sink|hang a picture|sharpen a knife|clean silver|remove rust|wax skis|prune roses|repair a puncture}?
{who|which team} {is leading the league|won last night|plays today|is the champion}?
{when|at what time} {does the train leave|does the shop open|is the next bus|is the match|does the sun set today}?
{is|will} it {raining|rain tomorrow|cold outside|snow at Christmas}?
{how much|what} {does a new car cost|is a flight to Rome|does milk cost|is the rent in Berlin}?
{write|compose} {me |}{a love letter|a wedding speech|a resignation letter|a song about rain|a product description|a cover letter for a nurse}
{which|what} {book|film|series|song} {should I read|is good|do you recommend|won the prize}?
{explain|what is} {inflation|photosynthesis|democracy|evolution|a black hole|electromagnetism|the big bang} {to me in detail|and how it came about|with examples}
{I have|my knee has|my son has} {pain|a swelling|a fever of 39|a strange spot}, {what is it|is it dangerous}?
my {landlord|boss|neighbour} {wants to throw me out|does not pay me|is too loud|sues me}, what {are my rights|can I do}?
{where|in which shop} {can I buy|do I get} {good cheese|a used bicycle|cheap shoes|a wedding ring}?
{what|who} is {the tallest building|the longest river in Asia|the fastest animal in the air|the richest country|the oldest city|the deepest lake}?
{who|what} was {Napoleon|Cleopatra|Mozart|Einstein|Shakespeare|Gandhi|Marie Curie}?
{tell me|what is} the {plot|ending} of {Hamlet|Star Wars|the Odyssey|that film with the ship}
{how many|how big are the} {people live in Paris|islands has Greece|bones has a human|stars are there|countries are in the world}?
{give me|suggest} {a name for my cat|a gift for my aunt|a nice place for a holiday|a hobby|names for a girl}
{fix|correct|improve} {the grammar|the spelling|the style} of {my essay|this letter|the following text}
{translate|say} {good luck with your exam|where is the station|I would like two coffees|the whole letter} in {Italian|Japanese|Turkish|Polish}
{teach|explain to} me {Spanish grammar|how to play chess|the piano|knitting|calculus|bookkeeping}
{calculate|work out} {my taxes|the interest on 5000 euros|my body mass index|how long I must save}
{which|what} {phone|car|vacuum cleaner|insurance|bank} is the best{ one| now|}?
{how do I|can I} {fly a kite|ride a horse|swim faster|sleep better|stop smoking|make friends|find a job|write a CV}?
{why|how} {is the sky blue|do birds fly|does a magnet work|do we dream|is the sea salty|do cats purr}?
{help me|please help} with {my homework in history|my maths exam|my divorce|my tax return|the garden|a wedding plan}
"""
SMALLTALK_MORE = r"""
q: {what are you up to|what are you doing|are you busy|what's new|how's life} ; {how are things|how do you do today}
> I am here and waiting for your question. How can I help?
q: {I am back|I'm back again|here I am again|me again}
> Welcome back! What shall we look at?
q: {nice to meet you|pleased to meet you|my name is Anna|I am Peter|call me Tom|my name is Maria}
> Nice to meet you! What can I do for you?
q: {you helped me a lot|that worked|it works now|problem solved|wonderful, it works|great, that was it}
> I am glad. Ask again whenever you like.
q: {that does not help|that did not help|not what I meant|that is not my question|you misunderstood me|no, I meant something else}
> Sorry, I misunderstood. Please say it in other words, with the thing you want to do.
q: {I am angry|this is frustrating|I am annoyed|I hate this|this drives me crazy}
> I am sorry that it is not going well. Tell me in a few words what you want to do.
q: {what a day|long day today|I need a break|I am so tired today|Monday again}
> That sounds like a tea and a quiet corner. I am here when you want to go on.
q: {merry christmas|happy new year|happy easter|have a nice weekend|have a nice day|enjoy your evening}
> Thank you, the same to you!
"""
