#pragma once

#include <array>

namespace inglenook {

/// A beginning that a model continues.
struct BenchText {
    const char* name;
    bool predictable; // what follows repeats what stands there
    const char* text;
};

/// Half of them repeat themselves as lists, code and copies do, half are prose.
inline constexpr std::array<BenchText, 20> kBenchTexts{{
    {"numbers", true, "1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5,"},
    {"weekdays", true,
     "Monday: open. Tuesday: open. Wednesday: open. Thursday: open. Friday: open. Monday: open. "
     "Tuesday: open. Wednesday:"},
    {"to-do list", true,
     "- [ ] water the plants\n- [ ] call the dentist\n- [ ] water the plants\n- [ ] call the "
     "dentist\n- [ ] water the plants\n- [ ]"},
    {"getters", true,
     "int width() const { return m_width; }\nint height() const { return m_height; }\nint depth() "
     "const { return m_depth; }\nint width() const { return m_width; }\nint height() const {"},
    {"table", true,
     "| name | size |\n| a | 1 |\n| b | 1 |\n| c | 1 |\n| name | size |\n| a | 1 |\n| b | 1 |\n"},
    {"copy", true,
     "Read this and copy it. The files of a model lie in the folder that you chose. The copy: The "
     "files of a model lie in the folder"},
    {"loop", true,
     "for (int i = 0; i < 8; ++i)\n    sum += values[i];\nfor (int i = 0; i < 8; ++i)\n    sum += "
     "values[i];\nfor (int i = 0;"},
    {"settings", true,
     "\"first\": {\"on\": true, \"size\": 4}, \"second\": {\"on\": true, \"size\": 4}, "
     "\"third\": {\"on\": true,"},
    {"refrain", true,
     "Row by row and step by step the table grows. Row by row and step by step the table grows. "
     "Row by row"},
    {"question again", true,
     "How do I start a new chat? Press Ctrl+N. How do I start a new chat? Press Ctrl+N. How do I"},
    {"walk", false, "On the way home it began to rain, and the old man under the bridge"},
    {"letter", false, "Dear Anna, since you left in spring a good deal has changed here. First"},
    {"kitchen", false, "She put the onions into the pan, waited until they were soft, and then"},
    {"sea", false, "Nobody in the village had seen the sea, so when the fisherman spoke of it"},
    {"machine", false, "The machine had stood in the cellar for thirty years before somebody"},
    {"night train", false, "The night train to the coast left eleven minutes late because"},
    {"garden", false, "In our garden there are three trees, and under the oldest of them"},
    {"quarrel", false, "They had quarrelled about the map all morning, although both knew"},
    {"teacher", false, "What I remember best of my first teacher is not what she taught but"},
    {"winter", false, "When the winter came that year, it came overnight, and by morning"},
}};

} // namespace inglenook
