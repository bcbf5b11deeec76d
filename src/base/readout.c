/* SPDX-License-Identifier: Apache-2.0 */
/* A digest for two people on the phone: decimal digits, or English words for those who like them better. */
#include "config.h"

#include <stdlib.h>

#include "base/strv.h"
#include "base/text.h"

#define READOUT_OCTETS 8 /* 64 bits */

/* One word for each octet. Of any two words the first three letters differ, and at least three letters must be changed
 * to make one out of the other, so that a word heard badly is no other word. The list is part of what people compare:
 * it never changes. */
static const char *const WORDS[256] = {
    "acorn",   "album",   "alpine",  "amber",   "angle",   "april",   "arrow",   "aspen",   "atlas",   "attic",
    "auburn",  "award",   "badge",   "baker",   "bamboo",  "banjo",   "basil",   "beach",   "berry",   "bishop",
    "bolt",    "bonus",   "bottle",  "bread",   "brick",   "bronze",  "bucket",  "busy",    "butter",  "cabin",
    "cactus",  "camel",   "canoe",   "carpet",  "castle",  "cello",   "cement",  "chalk",   "chess",   "cinema",
    "circle",  "clover",  "cobra",   "coffee",  "copper",  "cotton",  "cousin",  "cradle",  "cube",    "daisy",
    "dancer",  "decade",  "desert",  "doctor",  "dolphin", "donkey",  "dozen",   "dragon",  "drum",    "echo",
    "eclipse", "elbow",   "eleven",  "engine",  "escort",  "estate",  "exit",    "fabric",  "falcon",  "family",
    "feather", "fender",  "fern",    "fiddle",  "fig",     "flute",   "forest",  "fossil",  "frame",   "friday",
    "fruit",   "galaxy",  "garden",  "gate",    "giant",   "ginger",  "giraffe", "glacier", "globe",   "goblin",
    "gorilla", "granite", "guitar",  "gym",     "harbor",  "helmet",  "herald",  "hotel",   "hybrid",  "iceberg",
    "idea",    "igloo",   "image",   "indigo",  "infant",  "insect",  "iron",    "island",  "ivory",   "jaguar",
    "jasmine", "jersey",  "jewel",   "jigsaw",  "junior",  "kayak",   "kernel",  "kidney",  "kingdom", "kitchen",
    "kiwi",    "knight",  "knot",    "ladder",  "lagoon",  "lamp",    "lantern", "laptop",  "lemon",   "leopard",
    "library", "lily",    "linen",   "lizard",  "lobby",   "lucky",   "lunar",   "lyric",   "magnet",  "maple",
    "medal",   "mercury", "meteor",  "midway",  "mirror",  "modern",  "monday",  "moth",    "muffin",  "museum",
    "napkin",  "native",  "nectar",  "needle",  "nephew",  "nickel",  "ninja",   "nurse",   "nutmeg",  "oak",
    "object",  "ocean",   "octopus", "olive",   "onion",   "opera",   "orange",  "orchard", "oxygen",  "oyster",
    "palace",  "panda",   "pebble",  "pelican", "pencil",  "pigeon",  "pillow",  "pioneer", "pirate",  "poem",
    "polar",   "potato",  "prism",   "pumice",  "puzzle",  "pyramid", "quartz",  "queen",   "quilt",   "rabbit",
    "radar",   "raft",    "ranch",   "raven",   "rhino",   "rhythm",  "ribbon",  "rose",    "safari",  "sailor",
    "saturn",  "school",  "scooter", "shadow",  "shelf",   "silver",  "skipper", "sofa",    "spider",  "spoon",
    "squid",   "stable",  "stone",   "summer",  "sunset",  "swan",    "syrup",   "talent",  "teapot",  "temple",
    "tennis",  "thimble", "thunder", "toast",   "topaz",   "tower",   "tractor", "trophy",  "trumpet", "tulip",
    "tunnel",  "turtle",  "twelve",  "type",    "unicorn", "urban",   "usher",   "valley",  "vanilla", "village",
    "vinyl",   "viola",   "visitor", "vivid",   "vocal",   "volcano", "voyage",  "walnut",  "wheat",   "whisper",
    "window",  "yacht",   "yogurt",  "zenith",  "zigzag",  "zodiac",
};

char *text_readout(const uint8_t sha256[32])
{
    uint64_t value = 0;
    for (int i = 0; i < READOUT_OCTETS; i++) {
        value = value << 8 | sha256[i];
    }
    unsigned group[5];
    for (int i = 4; i >= 0; i--) {
        group[i] = (unsigned)(value % 10000);
        value /= 10000;
    }
    return xasprintf("%04u %04u %04u %04u %04u", group[0], group[1], group[2], group[3], group[4]);
}

char *text_readout_words(const uint8_t sha256[32])
{
    struct strv words = STRV_INIT;
    for (int i = 0; i < READOUT_OCTETS; i++) {
        strv_push(&words, WORDS[sha256[i]]);
    }
    char *text = strv_join(&words, " ");
    strv_release(&words);
    return text;
}
