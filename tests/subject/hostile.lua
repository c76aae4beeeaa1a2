-- SPDX-License-Identifier: BSD-2-Clause
-- A driver for tests/subject/hostile.c: its ways to misbehave are its mitigations. The list stands in the file WAYS that
-- the test writes in front of it.
local mitigations = {}

for way in WAYS:gmatch("%S+") do
	mitigations[way] = { about = "the way " .. way }
end

return {
	name = "hostile",
	program = "hostile",
	package = "sigfault",
	version = { arguments = { "-V" }, pattern = "^hostile ([^\n]*)" },
	configuration = "root.hints",
	files = function(subject)
		return { ["root.hints"] = subject.root_hints }
	end,
	start = function(subject)
		return { subject.program, subject.mitigation, subject.address4, subject.address6 }
	end,
	mitigations = mitigations,
}
