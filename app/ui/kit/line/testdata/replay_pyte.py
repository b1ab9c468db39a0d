# Replays a recorded session (lines of {"data": base64, "view": text, "x": column, "y": row}) in pyte and compares the
# screen and the cursor after each line. Debian: python3-pyte.
import base64, json, sys, pyte

width, height = int(sys.argv[2]), int(sys.argv[3])
screen = pyte.Screen(width, height)
stream = pyte.ByteStream(screen)
bad = frames = 0
for line in open(sys.argv[1]):
    frame = json.loads(line)
    stream.feed(base64.b64decode(frame["data"]))
    frames += 1
    want = [l.rstrip() for l in frame["view"].split("\n")]
    got = [l.rstrip() for l in screen.display]
    for y in range(height):
        if got[y] != want[y]:
            bad += 1
            print("frame %d row %d:\n got  %r\n want %r" % (frames, y, got[y], want[y]))
    if (screen.cursor.x, screen.cursor.y) != (frame["x"], frame["y"]):
        bad += 1
        print("frame %d: cursor at %d,%d" % (frames, screen.cursor.x, screen.cursor.y))
print("frames %d bad %d" % (frames, bad))
sys.exit(1 if bad or not frames else 0)
