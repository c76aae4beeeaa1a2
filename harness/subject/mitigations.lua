-- SPDX-License-Identifier: BSD-2-Clause
-- Mitigations that go with every scenario: what an operator may do beside, or instead of, what the scenario says. What
-- a resolver's configuration can do stands in its driver (resolvers/).

mitigation("nta", { about = "an operator adds a negative trust anchor when the scenario says so (RFC 7646), and nothing else" })

mitigation("nta-early", {
	about = "the negative trust anchor stands 15 minutes after the first bad answer",
	operator = function()
		if not inside "+15m" then
			return
		end
		for _, event in ipairs(events_of "nta") do
			if event.operation == "nta" then
				after_first_failure("15m", event.action)
			else
				at(event.at, event.action)
			end
		end
	end,
})

mitigation("nta-flush", {
	about = "an operator adds the negative trust anchor when the scenario says so, and empties the cache of the zone",
	operator = function()
		for _, event in ipairs(events_of "nta") do
			at(event.at, event.action)
			if event.operation == "nta" then
				at(event.at, resolver:flush(event.zone))
			end
		end
	end,
})

-- When every server of a zone is well again; a zone that stays broken is not flushed.
local function repaired()
	local zones, last, endless = {}, {}, {}
	for _, fault in ipairs(faults()) do
		local zone = fault.zone
		if not last[zone] then
			zones[#zones + 1] = zone
			last[zone] = ""
		end
		endless[zone] = endless[zone] or not fault.to
		last[zone] = fault.to and fault.to > last[zone] and fault.to or last[zone]
	end
	local list = {}
	for _, zone in ipairs(zones) do
		if not endless[zone] then
			list[#list + 1] = { zone = zone, at = last[zone] }
		end
	end
	return list
end

mitigation("flush", {
	about = "an operator empties the cache of the broken zone when every server has the repair",
	operator = function()
		for _, repair in ipairs(repaired()) do
			if inside(repair.at) then
				at(repair.at, resolver:flush(repair.zone))
			end
		end
	end,
})
