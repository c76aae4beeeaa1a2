-- SPDX-License-Identifier: BSD-2-Clause
-- The question that Stripe's outage leaves: at which load does it lock in, and at which does it let go? Names in no cache are
-- looked up behind two layers of resolvers and a cap, as in stripe-2019; their number rises step by step beyond the cap, and
-- falls again. Were it load alone, both ways would be one line.
--
--	sigfault run stripe-hysteresis
--
-- The report draws what is sent to the capped service, and what fails, against what is asked.

local hosts = param("hosts", 3)
local cap = param("cap", 1024)
local low, top, step = param("low", 400), param("top", 1300), param("step", 100) -- names a second
local hold = param("hold", 30) -- seconds of each step
local attempts = param("attempts", 5) -- of clients

local loads = {}
for load = low, top, step do
	loads[#loads + 1] = load
end
local peak = #loads
for load = loads[peak] - step, low, -step do
	loads[#loads + 1] = load
end

scenario {
	name = "stripe-hysteresis",
	title = "Retransmissions keep a service beyond its cap that their cause has long left",
	teaches = "what locks in at the cap lets go far below it: load has to be taken away, not only brought back to what it was",
	from = "2019-05-21T13:00Z",
	to = "+" .. #loads * hold .. "s",
	sources = { "Stripe: The secret life of DNS packets (May 2019)" },
}

collect { bin = "10s" }

local root = zone(".", { servers = { { "198.18.0.1", "fd00:5f::1" } } })
local arpa = zone("in-addr.arpa.", {
	parent = root,
	signed = false,
	latency = param("far", "80ms"),
	ttl = { negative = 900 },
	servers = { { "198.18.3.1", "fd00:5f::3:1" } },
	delegations = population { count = 1000, hosters = 2 },
})

local rates = {}
for i, load in ipairs(loads) do
	rates["+" .. (i - 1) * hold .. "s"] = load
end

traffic {
	zone = arpa,
	rate = rates,
	nxdomain = 1,
	clients = hosts * 10,
	stub = { timeout = "5s", attempts = attempts, retry_on = { "servfail", "timeout" } },
}

local vpc = resolver("vpc", { driver = "unbound", capped = { pps = cap, per = "client" } })
local cluster = resolver("cluster", { driver = "unbound", forward = { ["."] = vpc } })
resolver("host", { count = hosts, driver = "unbound", forward = { ["."] = cluster } })

-- Of each step what comes when it has settled.
local function of_step(run, i)
	local begins, ends = (i - 1) * hold + hold // 20 * 10, i * hold
	local seconds = ends - begins
	local sent = run:link("cluster", "vpc", begins, ends)
	return {
		asked = (run:count("queries", begins, ends) - run:count("retries", begins, ends)) / seconds,
		sent = sent.packets / seconds,
		dropped = sent.dropped / seconds,
		answered = run:link("vpc", "cluster", begins, ends).packets / seconds,
		failed = run:share("servfail", begins, ends) + run:share("timeout", begins, ends),
	}
end

local function steps(run, first, last)
	local list = {}
	for i = first, last do
		list[#list + 1] = of_step(run, i)
	end
	return list
end

local function series(name, list, what)
	local s = { name = name, x = {}, y = {} }
	for i, at in ipairs(list) do
		s.x[i], s.y[i] = at.asked, what == "failed" and at.failed * 100 or at[what]
	end
	return s
end

local function both(run, what)
	return series("the load rises", steps(run, 1, peak), what), series("the load falls", steps(run, peak, #loads), what)
end

draw("Sent to the capped service", function(run)
	return both(run, "sent")
end, { x = "names asked a second", y = "datagrams sent a second" })

draw("What fails", function(run)
	return both(run, "failed")
end, { x = "names asked a second", y = "clients' queries that fail, in percent" })

-- The first step at which more than a tenth is dropped, and the first below it, after the peak, at which nothing is.
local function turns(run)
	local locks, lets_go
	for i = 1, #loads do
		local at = of_step(run, i)
		if not locks and at.dropped > at.sent / 10 then
			locks = loads[i]
		elseif locks and i > peak and not lets_go and at.dropped == 0 then
			lets_go = loads[i]
		end
	end
	return locks, lets_go
end

report(function(run)
	local locks, lets_go = turns(run)
	print(string.format("Cap %d: locks in at %s names a second, lets go at %s.", cap, locks or "no", lets_go or "no"))
	print("asked", "sent", "dropped", "answered", "failed")
	for i = 1, #loads do
		local at = of_step(run, i)
		print(string.format("%.0f\t%.0f\t%.0f\t%.0f\t%.1f %%", at.asked, at.sent, at.dropped, at.answered, at.failed * 100))
	end
end)

-- Names come by chance: of 160 a second on average some second has 200.
expect("well below the cap nothing is dropped while the load rises", function(run)
	for i = 1, peak do
		local at = of_step(run, i)
		if loads[i] + 5 * math.sqrt(loads[i]) < cap and at.dropped > 0 then
			return false, string.format("at %d names a second %.1f are dropped", loads[i], at.dropped)
		end
	end
	return true
end)

expect("no more are answered than the cap", function(run)
	for i = 1, #loads do
		local at = of_step(run, i)
		if at.answered > 1.02 * cap then
			return false, string.format("at %d names a second %.0f are answered", loads[i], at.answered)
		end
	end
	return true
end)

if top > 1.05 * cap and low < cap / 2 then
	knows("unbound", "any", "it lets go at less than what it locks in at", function(run)
		local locks, lets_go = turns(run)
		return locks ~= nil and lets_go ~= nil and lets_go < locks, string.format("%s and %s names a second", lets_go, locks)
	end, { because = "each name is sent several times while its answers are dropped, and that is what is over the cap then" })
end
