-- SPDX-License-Identifier: BSD-2-Clause
-- systemd-resolved, 252 and later: not on the clock, and here to say why. Its event loop keeps time by timerfd_settime().
-- Started by root it becomes a user of its own and drops capabilities, which the sandbox refuses; started by another
-- user it wants CAP_SETPCAP, which nobody has there.

return {
	name = "systemd-resolved",
	unable = "systemd-resolved cannot run here: it keeps its time by the kernel's timers (timerfd), which are not on the "
		.. "virtual clock, and wants capabilities that no resolver has in the sandbox; a forwarder that validates and can "
		.. "is '-r dnsmasq -m validation'",
}
