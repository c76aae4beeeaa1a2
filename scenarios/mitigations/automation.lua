-- SPDX-License-Identifier: BSD-2-Clause
-- An operator made of software, for any scenario: `sigfault run de-2026 -m none,nta,nta-robot --mitigation-file
-- scenarios/mitigations/automation.lua`. How fast must it be? `--set robot_minutes=5` and so on tell.
--
-- When SERVFAIL on a broken zone has stayed over a limit for so many minutes, it sets a negative trust anchor. So many
-- minutes later it takes the anchor away for a trial and probes; unless every name that it asks for validates, the
-- anchor is back at its next look.

local minutes = param("robot_minutes", 10) -- SERVFAIL stays over the limit, before it acts
local limit = param("robot_limit", 0.2) -- share of the zone's queries
local trial_minutes = param("robot_trial_minutes", 10) -- from an anchor to its trial
local names = param("robot_names", 5) -- that a trial asks for: where one in three signatures is good, one may well be
local every = param("robot_every", "1m") -- how often it looks; a trial that fails lasts as long
local flush = param("robot_flush", true) -- empties the zone's cache as it sets the anchor: it takes hold at once

local function robot(zone)
	local over_since, next_trial -- in seconds since the start; nil: not now
	local on_trial = false

	local function set_anchor(seen)
		over_since, on_trial, next_trial = nil, false, seen.t + trial_minutes * 60
		return { resolver:nta(zone), flush and resolver:flush(zone) or nil }
	end

	-- Without signed names below the zone nothing can be tried, and the anchor stays.
	local function begin_trial()
		local possible, probe = pcall(resolver.probe, resolver, zone, { names = names })
		if not possible then
			next_trial = math.huge
			return
		end
		next_trial, on_trial = nil, true
		return { resolver:nta_remove(zone), probe }
	end

	local function look_at_trial(seen)
		local outcome = seen:probed()
		if outcome == "secure" then
			on_trial = false
		elseif outcome then
			return set_anchor(seen)
		end
	end

	local function look_at_clients(seen)
		if seen:share("servfail") <= limit then
			over_since = nil
			return
		end
		over_since = over_since or seen.t - seen.every
		if seen.t - over_since >= minutes * 60 then
			return set_anchor(seen)
		end
	end

	return function(seen)
		if on_trial then
			return look_at_trial(seen)
		elseif not next_trial then
			return look_at_clients(seen)
		elseif seen.t >= next_trial then
			return begin_trial()
		end
	end
end

mitigation("nta-robot", {
	about = "software sets a negative trust anchor when SERVFAIL stays high, and takes it away when names validate again",
	operator = function()
		local watched = {}
		for _, fault in ipairs(faults()) do
			if not watched[fault.zone] then
				watched[fault.zone] = true
				watch { every = every, zone = fault.zone, act = robot(fault.zone) }
			end
		end
	end,
})
