# SPDX-License-Identifier: BSD-2-Clause
# The picture in docs/growth.md, from the lines that tests/bench/growth prints:
#	gnuplot -e "lines='FILE'" tests/bench/growth.gp > docs/growth.svg
set datafile separator '|'
set terminal svg size 1100,520 font 'sans-serif,12' background '#ffffff'
set logscale xy
set grid ytics xtics lc '#dddddd'
set pointsize 0.7
of(axis) = sprintf("< grep '^growth|%s|' %s", axis, lines)
last(axis, column) = real(system(sprintf("grep '^growth|%s|' %s | tail -1 | cut -d '|' -f %d", axis, lines, column)))
axes = 'delegations rate hours clients cells'
labels = "delegations 'questions a second' 'virtual hours' clients cells"
set multiplot layout 2,5
set key off
do for [row=1:2] {
	set yrange [row == 1 ? 0.1 : 10 : 200]
	set format x '10^{%T}'
	set xtics autofreq
	set autoscale x
	do for [i=1:5] {
		axis = word(axes, i)
		if (i == 5) { set format x '%g'; set xtics (1, 2, 4, 8, 16); set xrange [1:16] }
		if (row == 1) { set title word(labels, i) } else { unset title }
		if (i == 1) { set ylabel (row == 1 ? 'CPU seconds' : 'MB of a cell') } else { unset ylabel }
		if (i == 5) { set key bottom right } else { set key off }
		# Dashes: as many CPU seconds for each question as with the last of them.
		a = last(axis, 5) / last(axis, 4)
		if (row == 1) {
			plot of(axis) using 3:($4 * a) with lines dt 2 lc '#999999' title 'linear', \
			     of(axis) using 3:5 with linespoints lw 2 pt 7 lc '#0077bb' title 'all'
		} else {
			plot of(axis) using 3:7 with linespoints lw 2 pt 5 lc '#cc3311' title 'resolver', \
			     of(axis) using 3:6 with linespoints lw 2 pt 7 lc '#0077bb' title 'sigfault'
		}
	}
}
unset multiplot
