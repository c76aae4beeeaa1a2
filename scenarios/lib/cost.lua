-- SPDX-License-Identifier: BSD-2-Clause
-- An attack that makes resolvers compute, in steps: what its scripts share. Before it the world is as always; then come the steps
-- with pauses between them, in which what was cached runs out. A run ends with a table of what each step cost, and whom.

local outage = require "lib.outage"

local cost = {}

-- In seconds: others' names are in the cache; the attack begins, and half a minute after the TTLs of a minute have run out.
local WARM, BEGINS = 4 * 60, 10 * 60 + 30

local function instant(seconds)
	return ("+%ds"):format(seconds)
end

-- The steps of a text, "1x1,4x4": each a list of its numbers, with its own text as `name`, and `from` and `to` in seconds.
function cost.steps(text)
	local seconds = 60 * param("minutes", 2)
	local steps, at = {}, BEGINS
	for name in text:gmatch("[^,]+") do
		local step = { name = name, from = at, to = at + seconds }
		for number in name:gmatch("%d+") do
			step[#step + 1] = tonumber(number)
		end
		steps[#steps + 1] = step
		at = at + 2 * seconds
	end
	return steps
end

-- When the pause after the last step is over.
function cost.over(steps)
	local last = steps[#steps]
	return instant(2 * last.to - last.from)
end

-- Does in each step what `act` makes of it and of its end, a text. Steps that the scenario's end cuts off are left out.
function cost.climb(steps, act)
	while #steps > 0 and not inside(instant(steps[#steps].to)) do
		steps[#steps] = nil
	end
	for _, step in ipairs(steps) do
		at(instant(step.from), act(step, instant(step.to)))
	end
end

-- Who asks: `more` makes of the attacker's share, and of the instant at which he begins, what he asks for; others ask for names
-- in `outside`.
function cost.users(attacked, outside, more)
	local plan = {
		zone = attacked,
		rate = param("rate", 20),
		clients = param("clients", 100),
		names = zipf { exponent = 1.0, count = 200 },
		stub = { timeout = "5s", attempts = 3, retry_on = { "servfail", "timeout" } },
	}
	local share = param("attack", 0.05) -- of all questions
	collect { bin = "10s" }
	plan.outside = { zone = outside, share = 1 - share }
	for key, value in pairs(more(share, instant(BEGINS))) do
		plan[key] = value
	end
	traffic(plan)
end

-- The resolver's CPU time at an instant, in seconds.
local function cpu_of(run)
	local curve = run:metric("cpu_seconds")
	return function(at)
		for i, t in ipairs(curve.t) do
			if t >= at then
				return curve.value[i]
			end
		end
		return curve.value[#curve.value]
	end
end

local function sum(curve)
	local total = 0
	for _, value in ipairs(curve.value) do
		total = total + value
	end
	return total
end

-- The mean and the longest time to an answer outside, in milliseconds; nil when none came.
local function waited(run, from, to)
	local any, answers = pcall(run.metric, run, "answers.outside", from, to)
	if not any then
		return nil
	end
	local mean = run:metric("answer_seconds_mean.outside", from, to)
	local longest = run:metric("answer_seconds_max.outside", from, to)
	for i, n in ipairs(answers.value) do
		mean.value[i] = mean.value[i] * n
	end
	return 1000 * sum(mean) / sum(answers), 1000 * math.max(table.unpack(longest.value))
end

local function failed(run, from, to)
	local n = 0
	for _, outcome in ipairs { "servfail", "other", "timeout" } do
		n = n + run:count(outcome, from, to, { class = "outside" })
	end
	return n
end

-- What ordinary questions cost before the attack: seconds of CPU in a second, how far its quietest and its busiest minute are
-- apart, and milliseconds for a question.
local function ordinary(run, cpu)
	local least, most = math.huge, 0
	for at = WARM, BEGINS - 60, 60 do
		local used = (cpu(at + 60) - cpu(at)) / 60
		least, most = math.min(least, used), math.max(most, used)
	end
	local all = cpu(BEGINS) - cpu(WARM)
	return all / (BEGINS - WARM), most - least, 1000 * all / run:count("queries", WARM, BEGINS)
end

local ROW = "%-12s %5s %4s %4s %5s %5s %9s %8s %7s %7s %6s"

local function duration(ms)
	local form = ms < 10 and "%.1f ms" or ms < 1000 and "%.0f ms" or "%.1f s"
	return form:format(ms < 1000 and ms or ms / 1000)
end

-- The mean, the longest and the share of failures, as texts.
local function others(run, from, to)
	local mean, longest = waited(run, from, to)
	local share = failed(run, from, to) / run:count("queries", from, to, { class = "outside" })
	return mean and duration(mean) or "-", mean and duration(longest) or "-", ("%.3g %%"):format(100 * share)
end

-- Of 100 queries of the attacker: NOERROR and NXDOMAIN with AD, the same without, SERVFAIL or another error, and no answer.
local function outcomes(run, step, filter)
	local from, to = step.from, step.to
	local all, ad = run:count("queries", from, to, filter), run:count("ad", from, to, filter)
	local good = run:count("noerror", from, to, filter) + run:count("nxdomain", from, to, filter)
	local none = run:count("timeout", from, to, filter)
	local text = {}
	for i, n in ipairs { ad, good - ad, all - good - none, none } do
		text[i] = ("%.0f"):format(100 * n / all)
	end
	return table.unpack(text)
end

-- What less than the noise of ordinary questions is not told.
local function row(run, step, attack, cpu, base, width)
	local filter = { class = attack.class }
	local asked = run:count("queries", step.from, step.to, filter) - run:count("retries", step.from, step.to, filter)
	local ad, insecure, fail, none = outcomes(run, step, filter)
	local seconds = step.to - step.from
	local each = 1000 * (cpu(step.to) - cpu(step.from) - base * seconds) / asked
	local noise = 1000 * width * seconds / asked
	local text = each > noise and ("%.2f"):format(each) or ("< %.2f"):format(noise)
	local upstream = ("%.1f"):format(run:upstream(step.from, step.to, { zone = attack.zone }) / asked)
	print(ROW:format(step.name, asked, ad, insecure, fail, none, text, upstream, others(run, step.from, step.to)))
end

-- A table of all steps. `attack.class` has the attacker's questions, `attack.zone` answers them, `attack.head` heads the steps.
function cost.report(steps, attack)
	report(function(run)
		local cpu = cpu_of(run)
		local base, width, each = ordinary(run, cpu)
		print(("%s %s, mitigation %s, clock %s"):format(run.resolver, run.version, run.mitigation, run.clock))
		print(ROW:format("", "", "of", "100", "", "", "ms of CPU", "upstream", "others", "wait", ""))
		print(ROW:format(attack.head, "asked", "AD", "-", "fail", "none", "each", "each", "mean", "max", "fail"))
		print(ROW:format("before", "", "", "", "", "", ("%.3f"):format(each), "", others(run, WARM, BEGINS)))
		for _, step in ipairs(steps) do
			row(run, step, attack, cpu, base, width)
		end
	end)
end

-- What holds of each step but its first minute, in which answers may come out of the cache, and its last seconds, whose questions
-- may be answered when it is over.
function cost.expect_in_each(steps, text, judge, where)
	for _, step in ipairs(steps) do
		if step.to - step.from > 60 then
			expect(text .. " at " .. step.name, function(run)
				return judge(run, step.from + 60, step.to - 10, step)
			end, where)
		end
	end
end

-- Nobody but the attacker is to notice.
function cost.expect_others_answered(steps)
	outage.well_before(instant(WARM), instant(BEGINS))
	if #steps > 0 then
		expect("nobody outside fails while the attack lasts", function(run)
			return failed(run, BEGINS, steps[#steps].to) == 0
		end, { mitigation = "none" })
	end
end

return cost
