#!/usr/bin/env bash
# Makes the films that the bots of `onstage demo` show: one small VP8 loop per person and layer, one Opus loop per
# person. Run it by hand when the films should change; the results are committed (crates/onstage-sim/media).
# Needs ffmpeg with libvpx and libopus, and the DejaVu fonts.
set -euo pipefail
cd "$(dirname "$0")/../crates/onstage-sim/media"

font=/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
seconds=4
rate=15

# film NAME RED GREEN BLUE SWAY: a moving gradient in the person's colour, a plain figure that sways, the name, and a
# dot that goes round once per loop, so that a frozen picture is seen at once.
film() {
  local name=$1 red=$2 green=$3 blue=$4 sway=$5
  local file=${name,,}
  local turn="2*PI*T/$seconds"
  local x="(X/W-0.5)*16/9" y="(Y/H-0.5)"
  local lean="0.05*sin($turn+$sway)" nod="0.015*sin(2*$turn+$sway)"
  local light="(0.62+0.30*sin($turn+$sway+2.2*X/W-1.4*Y/H))"
  local head="lt(hypot($x-$lean,($y+0.12-$nod)*0.85),0.15)"
  local shoulders="lt(hypot($x*0.62-$lean*0.6,$y-0.52),0.33)"
  local figure="(if(max($head,$shoulders),1,0))"
  local filter
  filter="geq=r='clip($red*$light*(1-$figure)+$figure*($red*0.35+140),0,255)'"
  filter+=":g='clip($green*$light*(1-$figure)+$figure*($green*0.35+140),0,255)'"
  filter+=":b='clip($blue*$light*(1-$figure)+$figure*($blue*0.35+140),0,255)'"
  local words="drawtext=fontfile=$font:text='$name':fontcolor=white:fontsize=h*0.11:x=w*0.05:y=h*0.82"
  words+=":shadowcolor=black@0.5:shadowx=2:shadowy=2"
  local dot="drawtext=fontfile=$font:text='●':fontcolor=white:fontsize=h*0.08"
  dot+=":x=w*0.89+h*0.05*cos(2*PI*t/$seconds)-tw/2:y=h*0.13+h*0.05*sin(2*PI*t/$seconds)-th/2"

  ffmpeg -hide_banner -loglevel error -y -f lavfi -i "color=black:s=320x180:r=$rate:d=$seconds,format=gbrp,$filter" \
    -filter_complex "[0]scale=1280:720:flags=bicubic,format=yuv420p,$words,$dot,split=3[big][b2][b3];[b2]scale=640:360[middle];[b3]scale=320:180[small]" \
    -map "[small]" $(vp8 40k) "$file-q.ivf" \
    -map "[middle]" $(vp8 75k) "$file-h.ivf" \
    -map "[big]" $(vp8 115k) "$file-f.ivf"
}

# One key frame at the start, no hidden frames: a loop can begin anew at any time.
vp8() {
  echo "-c:v libvpx -b:v $1 -g 9999 -auto-alt-ref 0 -lag-in-frames 0 -deadline good -cpu-used 1 -qmin 10 -qmax 56 -f ivf -fflags +bitexact"
}

# voice NAME PITCH SYLLABLES: two seconds of a low murmur in syllables, silent at both ends.
voice() {
  local name=$1 pitch=$2 pace=$3
  local glottis="0.5*sin(2*PI*$pitch*t+3*sin(2*PI*1.5*t))+0.25*sin(4*PI*$pitch*t)+0.12*sin(6*PI*$pitch*t)+0.08*sin(10*PI*$pitch*t)"
  ffmpeg -hide_banner -loglevel error -y -f lavfi \
    -i "aevalsrc='0.12*($glottis)*pow(abs(sin(PI*$pace*t)),1.5)*min(1,12*min(t,2-t))':s=48000:d=2" \
    -ac 1 -c:a libopus -b:a 16k -vbr on -application voip -frame_duration 20 -fflags +bitexact -map_metadata -1 "${name,,}.ogg"
}

film Mara 214 84 96 0.0;   voice Mara 210 4.0
film Luca 52 120 214 0.8;  voice Luca 118 3.5
film Hana 160 92 212 1.6;  voice Hana 232 4.5
film Kofi 226 146 44 2.4;  voice Kofi 104 3.0
film Priya 210 72 150 3.2; voice Priya 220 5.0
film Zanele 44 152 120 4.0; voice Zanele 196 3.5
film Mei 72 168 208 4.8;   voice Mei 240 4.5
film Ravi 118 140 66 5.6;  voice Ravi 112 4.0
du -ch ./*.ivf ./*.ogg | tail -1
