-- SPDX-License-Identifier: BSD-2-Clause
-- What happens, what is expected and what is known, only when it lies between the scenario's `from` and `to`: for scenarios that
-- can be cut short with --set.

local only = {}

-- at(), or nothing.
function only.at(time, action)
	if inside(time) then
		at(time, action)
	end
end

-- expect() on the stretch between two instants, or nothing. `judge` gets the run and the two.
function only.expect(text, from, to, judge, where)
	if inside(from) and inside(to) then
		expect(text, function(run)
			return judge(run, from, to)
		end, where)
	end
end

-- knows() on such a stretch.
function only.knows(resolver, versions, text, from, to, judge, about)
	if inside(from) and inside(to) then
		knows(resolver, versions, text, function(run)
			return judge(run, from, to)
		end, about)
	end
end

return only
