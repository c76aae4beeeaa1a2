-- SPDX-License-Identifier: BSD-2-Clause
-- hickory-dns with its recursor (experimental; Debian's 0.24.4 has it, its 0.26.3 has not). Seen running: 0.24.4, whose
-- recursor does not validate and has no control commands.

local CONFIGURATION = [==[
listen_addrs_ipv4 = [ADDRESS4]
listen_addrs_ipv6 = [ADDRESS6]
listen_port = 53

[[zones]]
zone = "."
zone_type = "KIND"
stores = { type = "recursor", roots = "root.hints" }
]==]

local function quoted(address)
	return address and ('"%s"'):format(address) or ""
end

return {
	name = "hickory",
	title = "hickory-dns",
	program = "hickory-dns",
	package = "hickory-dns",
	version = { arguments = { "--version" }, pattern = "server (%S+)" },

	configuration = "named.toml",
	files = function(subject)
		local words = {
			ADDRESS4 = quoted(subject.address4),
			ADDRESS6 = quoted(subject.address6),
			KIND = subject.version:match "^0%.24" and "Hint" or "External",
		}
		return { ["named.toml"] = (CONFIGURATION:gsub("%u%u[%u%d]+", words)), ["root.hints"] = subject.root_hints }
	end,
	start = function(subject)
		return { subject.program, "-q", "-c", "named.toml", "-z", subject.folder }
	end,

	mitigations = { ["none"] = { about = "as it comes: nothing is done" } },
}
