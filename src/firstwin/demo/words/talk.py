"""How a success team writes up a contact, by situation.

A line is `HEAD | what happened | next step`. HEAD: kind (Call, Meeting, Email, Visit, Note), who was active (= we
spoke, > we reached out, < they did), mood (+ 0 -), minutes, and `!` where it was not planned.
"""

from dataclasses import dataclass

LINES: dict[str, str] = {
    "kickoff": """
M=+60 | Kick-off with {who} and the project team. Goal agreed: {goal}. Scope is {site} first, the rest after the first win. | Send the plan with owners and dates
M=+75 | Kick-off. {who} wants {feature} live before {month}; everybody agreed what the first win looks like: {win}. | Book the access session with IT
V=+120 | Kick-off on site at {site}. Walked the floor with {who}; people were curious, and asked who types things in. | Write up the workshop and share it
M=045 | Kick-off, half the people did not turn up. {who} will collect the missing names and we meet again next week. | Second kick-off with the site leads
M=+60 | Kick-off: agreed the measure ({goal}) and how we will prove it. Baseline comes from {system}. | Get the baseline export
C=+30 | Short kick-off by phone because of the shutdown at {site}. {who} has the checklist and the dates. | Send calendar invitations for the weekly call
M=050 | Kick-off went fine, but the data owner for {system} is still unknown. {who} raises it internally. | Name of the data owner
""",
    "onboarding": """
M=+30 | Weekly set-up call. Access works for {some} people; {blocker} is still open on their side. | Chase {blocker}
C=030 | {who} is stuck on {blocker}. Showed the workaround, they will try it this week. | Check that the workaround holds
E<020 | {who} sent the asset list, about {many} rows. Half have no location; asked which ones matter first. | Clean list back from them
M=+45 | Loaded the asset register from {system} together. {who} found it "less painful than last time". | First {feature} by Friday
M=-30 | Set-up call cut short: {blocker} has not moved in two weeks and {who} has no way to push it. | Raise with the sponsor
E>010 | Sent the set-up checklist again with the three items left: users, locations, one real {feature}. | Reply on the three items
V=+180 | Day at {site}. First real use of {feature}: {win}. {who} took a photo for the noticeboard. | Agree when this counts as the first win
C=+20 | {who} ran {feature} alone for the first time and it worked. That is the first win; noted with date. | Plan the next team
M=030 | Went through permissions with {other} from IT. Single sign-on works in test, roll-out next week. | Confirm the go-live date
N=+5 | {who} on chat: "the night shift just used it without us". | -
E>010 | Recap of the training, links to the two short videos and who to ask for what. | -
M=+60 | Trained {some} people on {feature} in two groups. Questions were about phones, not about the product. | Second group on the late shift
C<-15! | {who} called: devices at {site} are too slow for the mobile app. Sent the list of tested devices. | Order two tested devices
M=040 | Mapped their paper form to {feature}. Three fields nobody reads any more were dropped. | {who} signs off the form
E<+10 | {who} confirms that {system} is connected and numbers match to the row. | -
C=020 | Asked {who} what would make this fail. Answer: "if the planners keep their spreadsheet". | Invite the planners next time
M=-30 | Security questionnaire came back with {few} open points; go-live slips by at least two weeks. | Answer the open points
M=+30 | Weekly call, nothing blocked for the first time. {some} people active, {who} looks relieved. | Move to every second week
""",
    "adoption": """
M=+30 | Regular call. {pct} % of jobs at {site} now go through {feature}; last month it was about half of that. | Same for {site2}
C=+25 | {who} shows the numbers: time to close a job is down by {pct} %. Wants to tell the board. | One-page summary for the board
M=030 | Regular call. Adoption is fine on days, weak on nights. {who} will walk a night shift with the team lead. | Hear how the night shift went
E<010 | {who} asks how others handle {feature} with contractors. Sent two examples. | -
C=+15 | Quick check on {feature}: no complaints, a wish for larger buttons on the phone. | Pass the wish to product
M=+45 | Workshop on {feature} with the planners. They found {few} steps to drop by themselves. | Try without them for two weeks
E>010 | Monthly figures to {who}: active people {some}, jobs closed on time {pct2} %. Asked what they make of them. | Their reading of the figures
M=030 | {who} likes it, {other} does not: two ways of doing inspections live side by side. Suggested one owner. | Who owns inspections
C<+20! | {who} called to say that the audit went well because everything was in one place. | Ask for a quote we may use
V=+150 | Visit to {site}. Whiteboard is gone, the screen on the wall shows {feature}. Team lead explains it better than we do. | Photo and short story
N=05 | {who}: "anything new for {feature}?" Sent the release notes, two items fit. | -
M=+30 | Regular call with {who}. Agreed the next outcome: {goal}. | Baseline by the end of {month}
M=030 | Call moved twice, then short. {who} is busy with the stocktake; usage is steady all the same. | Proper call after the stocktake
E<+10 | {who} sends a screenshot from the management meeting: our dashboard, first slide. | -
C=025 | Went through {some} jobs that were closed without a note. Mostly contractors; {who} will talk to them. | Look again in four weeks
M=+40 | {who} and {other} want to bring {site2} on board. Same plan as the first site, shorter. | Dates for {site2}
E>05 | Shared how a similar company uses {feature} for {goal}. | Worth a call?
C=-15 | {who} says people slipped back to e-mail for urgent jobs. Nobody owns the rule. | Agree the rule for urgent jobs
M=+30 | Looked at unused parts together: {feature} would save the stores about {few} hours a week. | Trial with the stores
M=035 | Regular call. Questions on reports mostly; {who} will try the saved ones first. | -
N<+5! | {who} writes that the new colleague learnt {feature} in a morning. | -
E<010! | {who} asks for the list of people who have not signed in for a month. Sent it. | {who} clears old users
""",
    "training": """
M=+60 | Training for {some} new people on {feature}. Good mood, real jobs as exercises. | Office hour in two weeks
M=090 | Training in {city}, half on {feature}, half on questions. The two loudest sceptics stayed to the end. | Follow up with the sceptics
C=+30 | Office hour: {few} people, all with concrete questions. {who} will run the next one without us. | -
M=+45 | Trained {who} as the in-house trainer. Slides and exercises handed over. | Sit in on their first session
E>010 | Sent the exercises for {feature} and the answers to last week's questions. | -
M=-40 | Training with {few} of {some} people present. {who} was embarrassed; shift plans were not checked. | New date that fits the shifts
V=+120 | Refresher at {site} for the seasonal staff. Short, on their own phones, done by lunch. | -
""",
    "issue": """
C<-20! | {who} called: {feature} shows yesterday's jobs since this morning. Ticket opened, told them by when we answer. | Update by tomorrow noon
E<-10! | {who}: sync with {system} fails every night since the update. Logs attached. | Fix or workaround by Thursday
C=015 | Called {who} about the sync. Workaround holds, the fix comes with the next release. | Confirm after the release
M=-30 | Went through the {few} open tickets with {who}. Two are old and embarrassing; promised dates for both. | Dates for both tickets
E>010 | Told {who} that the fix for {feature} is out, with what changed and how to check. | Confirmation that it works
C=+15 | {who} confirms the fix. Was friendlier about it than I deserved. | -
E<-10! | {who} complains about slow screens at {site}, "unusable between seven and eight". | Measure together on Monday at seven
V=090! | Measured on site at seven in the morning: it is their wireless network, and now they have it in writing. | {other} fixes two access points
C<-25! | {who} reports that {some} inspections were lost on one tablet. Found them in the queue of the device; nothing lost. | Explain in writing what happened
E>015 | Wrote up what happened with the tablet, what we changed and how they would notice next time. | -
C=-20 | {who} asks for credit for the outage. Said I would take it to my manager and answer this week. | Answer on the credit
E<010! | {who} found two reports that disagree. Different time zones; explained, and asked product to say so on screen. | -
M=030 | Bug review with {who} and {other}. {few} closed, one stays open because it needs a change in {system}. | Their date for the change
C=-15 | {who}: support answered in time, but "answered the wrong question twice". Rewrote the question together. | Read the next answer before it goes out
N<-5! | {who}: "it is doing it again". Called back within ten minutes, restarted the link to {system}. | Root cause
E>+10 | Root cause to {who}: a certificate that nobody owned. Owner named, alarm set. | -
C=010 | Short call, the morning went without trouble. Closing the case with {who}. | -
""",
    "escalation": """
M=-45! | Escalation call with {who} and our head of support. They want a date, not an explanation. Gave one we can keep. | Daily note until fixed
E<-15! | {who} copies their director: "third week". Fair. Answered with what is done, what is not and when. | Call with the director
C=-30! | Call with {other}: calm, clear, disappointed. Wants to see two weeks without an incident before we talk of anything else. | Two weeks without an incident
E>010 | Daily note: fix in test, roll-out tonight, who is on call. | -
M=030 | Review of the escalation: what broke, what we missed, what is different now. {who} accepts, with a raised eyebrow. | Check in after a month
C=+20 | First calm call in a month. {who} asked about the roadmap again. | Back to the usual rhythm
V=-120! | Drove to {site}. Sat with the shift for a morning and saw the problem with my own eyes. | Video to engineering
""",
    "qbr": """
M=+60 | Quarterly review with {who} and {other}. {goal}: reached {pct2} % of the target, confirmed by {who}. Next quarter is {site2}. | Minutes, and the confirmed outcome
M=+75 | Quarterly review. Told the value in their numbers; {other} asked for the same slide every month. | Monthly slide
M=060 | Quarterly review. Good numbers, little time: {other} left after twenty minutes. Decisions moved to e-mail. | Decisions by e-mail
M=-60 | Quarterly review. {other} asks what it brings and we had usage instead of outcomes. Must not happen again. | Define two outcomes with numbers
V=+90 | Quarterly review at {site} with a walk afterwards. {pct} % fewer overdue inspections, shown by the people who do them. | Case study?
M=+60 | Quarterly review with the new regional lead. {who} presented, we listened. | Share the figures for the other regions
M=045 | Quarterly review, third date. What we achieved, what blocks, what next; {blocker} is the only red item. | {other} decides on {blocker}
M=+60 | Quarterly review. Outcome confirmed: {win}. {who} signed the sheet with a date. | Put it in the value ledger
E>015 | Sent the review pack two days ahead: outcomes, open promises, one question for the sponsor. | -
M=060 | Quarterly review. They compare us with a spreadsheet that costs nothing. Showed {pct} % fewer repeat jobs. | Ask finance for the cost per repeat job
M=+50 | Half-year review. Two outcomes met, one not started; agreed to drop the third instead of pretending. | Replace the third outcome
""",
    "renewal": """
C=+25 | Renewal talk with {who}: no doubts, wants the same terms and one more site. | Proposal by the end of {month}
M=040 | Renewal meeting with {who} and procurement. They ask for three years and a price to match. | Two offers to compare
E<010 | Procurement asks for the supplier questionnaire, {some} questions. Due in two weeks. | Return the questionnaire
M=-45 | Renewal talk. {other} wants to cut seats because "half of them never sign in". Agreed to look at names, not at totals. | List of names with last use
C=020 | {who} says the budget is cut by {pct} %, across the board. We stay if we show what it saves. | Savings on one page
E>010 | Sent the renewal summary: outcomes confirmed, use, support, price. | Meeting with the sponsor
M=+30 | {who} has the signature. Congratulated each other, briefly. | Plan for the new term
C=-20 | {who} mentions a competitor's offer, lower price, no inspections. Asked what inspections are worth to them. | Answer the comparison
M=045 | Checkpoint at ninety days with {who}: outcomes are documented, sponsor has not been seen since spring. | Thirty minutes with the sponsor
E<+5 | {who}: "you are in the budget, do not worry, but please send the paper early". | Paper early
C=015 | Notice date checked with {who}: nobody plans to give notice. | -
M=+40 | Walked {other} through what they bought and what they use. Surprised by the second half. | One-page summary
""",
    "expansion": """
M=+45 | {who} wants {feature} for {site2}, about {some} people. Same first win as before. | Proposal with a start date
C=+20 | The {site2} team asked {who} by themselves. Best way to be asked. | Demo for the {site2} team
E<+10! | {who} is near the limit of seats and asks what more would cost. | Offer for {some} seats
M=+60 | Showed {feature} to the people at {site2}. They argued about who goes first. | Pilot with the winners
M=035 | Looked at {feature} with {other}: interesting, not this year. Noted what would change that. | Ask again after the budget round
C=+25 | {who} introduced us to a sister company. Warm, short, useful. | Call with the sister company
V=+120 | Tour of {site2}: paper everywhere, keen team lead, weak network. | Network check before the pilot
E>010 | Sent {who} the business case for {feature} in their own numbers. | Comments from finance
M=+30 | Pilot of {feature} ended: {pct} % less walking, says the team. {who} takes it to the board. | Board date
C=-15 | {other} stopped the second phase: hiring freeze. Not about us. | Check in next quarter
""",
    "champion_change": """
C=-20! | {left} has left {account}. {who} takes over for now and "inherits a folder". | Introduce ourselves properly
E<010! | Bounce from {left}'s address. Called the switchboard: gone since last month, nobody told us. | Find out who decides now
M=+45 | First meeting with {who}, who follows {left}. Curious, asks good questions, wants to see results before plans. | Results of the last year on two pages
M=040 | Hand-over call with {who} and {left} in {left}'s last week. List of open promises agreed. | Close the two oldest promises
E<+10 | {left} writes from the new job to say thank you. Asked for a call in a few weeks. | Call {left} in a month
C=-25 | {who} does not know why they bought this. Started from the beginning: the goal, the baseline, the proof. | Meet {who} on site
N<05! | {who}: "{left} is not with us any more, please take them off the list." | Ask who is the new contact
M=030 | Mapped who is who after {left}'s departure. No one clearly has the authority at the moment. | Ask {who} for the new sponsor
""",
    "chase": """
E>05 | Asked {who} for a date for the regular call. | Reply
E>05 | Second note to {who}, shorter, with two dates. | Reply
C>05 | Left a message with {who}. | Try in the morning
E>010 | Sent {who} the figures of the month without a question this time. | -
C>05 | Rang {who}; on leave until next week says the desk. | Ring next week
N>05 | Message to {who}: saw the new site in the news, congratulations. No answer yet. | -
E>05 | Wrote to {other} because {who} does not answer. Kept it friendly. | Reply from either
E>010 | Short note to {who}: is this still the right time, or should we talk in {month}? | Any answer
C>010 | Tried {who} and {other}, voicemail both. | Letter from our head of success
""",
    "sour": """
C=-20 | {who} is short with us: "we have other worries". Agreed to make the calls shorter and rarer. | Shorter agenda
E<-5 | {who} cancels the review, no new date. | Two new dates
M=-30 | {who} says people do not see the point any more. Could not name one job that got easier this month. | One job made easier by the next call
E<-10 | {who} asks how to export everything. Answered plainly and asked why. | Ask why again, by phone
C=-15 | Short call. {who}: "let us see after the summer". No agenda, no promise. | -
M=-25 | Only {who} came. Usage at {site} is down by {pct} %, they had not noticed. | Visit the site
C=020 | {who} was polite and vague. Nothing wrong, nothing planned. | Ask for one goal
E<-10! | {who} forwards a complaint from the floor about {feature}: too many steps. | Count the steps together
""",
    "reopened": """
C=+20 | {who} picked up: there was a reorganisation, nobody had time, nothing to do with us. Start again with {goal}. | New rhythm, every second week
E<+10! | {who} writes after a long silence: "sorry, are you still there?" Yes. | Call this week
M=+45 | First proper meeting in months. {who} has a new boss who wants numbers; we have numbers. | Numbers on one page
C=015 | Reached {who} at last. Friendly, busy, wants {feature} tidied up before anything new. | Clean-up session
V=+90 | Dropped by {site} after no answer for weeks. Coffee, an apology each, a list. | Work off the list
M=030 | Restart with {who} and {other}: what still holds, what is old, who does what. | Plan on one page
""",
    "recovery": """
M=+40 | Two weeks without an incident. {who} wants to go back to talking about {goal}. | Goal and baseline
C=+20 | {who}: "it is better". From {who} that is praise. | -
M=030 | Clean-up of {feature} with {who}: {some} old jobs closed, {few} rules dropped. | Look at use in a month
E>+10 | Sent {who} the trend: back to {pct2} % of the best month. | -
M=+45 | {other} joined for the first time since the spring. Asked about {site2}. | Proposal for {site2}
C=+15 | Checked in with the night shift lead. No complaints, one good idea. | Idea to product
""",
    "farewell": """
M=-45 | {who} confirms that they will not renew: {site} is sold and the buyer has its own system. | Plan the way out
C=-25 | Asked what would have had to be different. {who}: "an answer in the first month". | Write it down for the review
E>010 | Sent the export, the dates and who answers questions until the end. | -
E<05 | {who} confirms the export is complete and thanks the support team by name. | -
M=030 | Last meeting. Doors stay open; {who} may need us at the next company. | Ask again in a year
""",
    "inbound": """
E<010! | {who} asks for an invoice copy. Sent the same day. | -
C<010! | {who} wants to add {few} people before Monday. Showed how to do it without us. | -
E<+5! | {who} thanks support for a quick answer on {feature}. | -
C<015! | {who} asks whether {feature} works without a network. It does; explained the limits. | -
E<05! | New address and phone for {who}, noted. | -
N<+5! | {who} shares a picture of {feature} on the big screen at {site}. | -
C<010! | {who} asks who our security contact is. Passed it on with the report. | Confirm they have what they need
E<010! | {other} from {account} asks for training dates. Sent three. | Choose a date
C<-10! | {who} cannot sign in after a new phone. Sorted in five minutes. | -
""",
    "cover": """
C=015 | Introduced myself to {who} as cover for {owner}. Nothing burning, one open promise. | Keep the open promise
M=+30 | Regular call while {owner} is away. {who} was well prepared; the notes helped. | -
E>05 | Told {who} who to call until {owner} is back. | -
""",
    "handover": """
M=030 | Hand-over call: {owner} takes over the account. {who} asked for the same rhythm as before. | First call alone
E>010 | Introduced {owner} to {who} with the three open items. | -
M=+45 | First meeting of {owner} with {who}: history, goal, what must not be dropped. | Plan for the quarter
C=-15 | {who} is tired of new names: third one in two years. Promised continuity, in writing. | Keep it
""",
}  # fmt: skip

FILL: dict[str, tuple[str, ...]] = {
    "feature": (
        "work orders", "inspections", "shift handover", "the parts catalogue", "the mobile app", "the planner board",
        "permits to work", "the downtime dashboard", "the asset register", "checklists", "contractor jobs",
    ),
    "goal": (
        "twenty percent less unplanned downtime", "every inspection on time", "half the paper at shift change",
        "jobs closed within two days", "one list of assets that everybody believes", "an audit without a scramble",
        "fewer repeat visits", "spare parts found the first time", "overtime down by a tenth",
    ),
    "win": (
        "a pump repaired from report to close without a phone call", "a full week of inspections with none overdue",
        "a shift handed over without paper", "a contractor signed on and off by phone",
        "a part found and booked in under a minute", "a permit issued and closed on site",
    ),
    "blocker": (
        "the security approval", "single sign-on", "the data owner for the asset list", "the firewall rule",
        "the works council's answer", "the purchase of tablets", "the network at the far hall", "the export from the old system",
        "the holiday of the only administrator", "the decision who may close jobs",
    ),
    "system": ("the ERP", "the old CMMS", "the finance system", "the building system", "the warehouse system", "the HR list"),
    "site": ("the main site", "the north hall", "the depot", "the bottling line", "the east wing", "the workshop", "the first site", "the yard"),
    "site2": ("the second site", "the sister plant", "the new depot", "the night shift", "the contractors", "the south campus", "the stores"),
    "month": ("January", "February", "March", "April", "May", "June", "July", "September", "October", "November"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to write up a contact."""

    kind: str
    direction: str
    sentiment: str
    minutes: int
    is_planned: bool
    summary: str
    next_step: str


_KIND = {"C": "call", "M": "meeting", "E": "email", "V": "visit", "N": "note"}
_DIRECTION = {"=": "both", ">": "ours", "<": "theirs"}
_SENTIMENT = {"+": "positive", "0": "neutral", "-": "negative"}


def _pattern(line: str) -> Pattern:
    head, summary, step = (part.strip() for part in line.split(" | "))
    return Pattern(
        kind=_KIND[head[0]],
        direction=_DIRECTION[head[1]],
        sentiment=_SENTIMENT[head[2]],
        minutes=int(head[3:].rstrip("!")),
        is_planned=not head.endswith("!"),
        summary=summary,
        next_step="" if step == "-" else step,
    )


PATTERNS: dict[str, tuple[Pattern, ...]] = {
    situation: tuple(_pattern(line) for line in text.strip().splitlines()) for situation, text in LINES.items()
}

NOTES = (
    "## How they work\n\n- {who} runs the day to day; decisions go through {other}.\n- Busy weeks: month end and the summer shutdown.\n- Prefers a call to an e-mail.",
    "**Goal for the year:** {goal}.\n\nMeasured in {system}, baseline taken in {month}. Ask {who} before quoting numbers.",
    "## Plan on a page\n\n1. First win at {site}: {win}\n2. Then {site2}\n3. Review with the sponsor every quarter",
    "Contract is held centrally, the use is local. Do **not** talk price with {who}; {other} does that.",
    '> "If the planners keep their spreadsheet we have lost." — {who}\n\nKeep the planners close.',
    "## Open promises\n\n- [ ] Larger buttons on the phone\n- [x] Export of closed jobs\n- [ ] Answer on {blocker}",
    "Network at {site} is weak. Always test `offline` before a demo there.",
    "They bought because of an audit finding. Next audit is in {month}; {feature} must be clean by then.",
    "Left over from the hand-over: {blocker} was promised by us, not by them.",
)
SHARED_NOTES = (
    "## What we agreed\n\n- **Goal:** {goal}\n- **First win:** {win}\n- **Owner on your side:** {who}\n\nWe look at it together every quarter.",
    "## Actions from our last meeting\n\n| What | Who |\n|---|---|\n| Clean list of assets | {who} |\n| Training dates for {site2} | Fernhill |",
    "Here is what is planned for {feature} at {site2}. Tell us if a date does not fit.",
)  # fmt: skip
