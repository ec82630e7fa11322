//! What the survival table is measured over: more than 200 words and ideographs.

pub(crate) const TEXTS: [(&str, &str); 5] = [
    (
        "English",
        "The quick brown fox doesn't jump over the lazy dog, it walks around him politely. \
         Internationalization is a long word; a, I and O are short ones. Please hold the line \
         while we connect you to the next free agent, and have your customer number ready! \
         Everything that you say may be recorded for training (unless you object). Thank you.",
    ),
    (
        "Chinese",
        "你好，世界。今天天气很好，我们一起去公园散步吧！请问您需要什么帮助？语音合成和语音识别\
         是一对好朋友。明天上午九点开会，请不要迟到。",
    ),
    (
        "Japanese",
        "こんにちは、世界。今日はとても良い天気ですね。東京駅までの切符を二枚ください。\
         ありがとうございます！",
    ),
    (
        "digits",
        "Call 555 0199 or 0800 123456 at 12:30, room 7, fare 1,250.75 euros, -40 degrees, 99.9 % \
         of 2026, code 00000000, pi 3.14159265358979 and 1 2 3 4 5 6 7 8 9 0",
    ),
    (
        "emoji",
        "Well done 👍 team 😀😀 family 👨‍👩‍👧‍👦 flag 🇯🇵 rocket 🚀 and tone 👍🏽 end ❤️ . ok",
    ),
];
