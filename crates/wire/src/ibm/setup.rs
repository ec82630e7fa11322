//! Host names, and how to point clients of the service at the mock.

use crate::endpoint::Recipe;

/// The hosts that clients are built with, and the sign-in service that they ask for tokens.
pub const HOSTS: &[&str] = &[
    "api.us-south.text-to-speech.watson.cloud.ibm.com",
    "api.us-east.text-to-speech.watson.cloud.ibm.com",
    "api.eu-de.text-to-speech.watson.cloud.ibm.com",
    "api.au-syd.text-to-speech.watson.cloud.ibm.com",
    "api.jp-tok.text-to-speech.watson.cloud.ibm.com",
    "api.eu-gb.text-to-speech.watson.cloud.ibm.com",
    "api.kr-seo.text-to-speech.watson.cloud.ibm.com",
    "stream.watsonplatform.net",
    "stream-fra.watsonplatform.net",
    "gateway-wdc.watsonplatform.net",
    "gateway-syd.watsonplatform.net",
    "gateway-tok.watsonplatform.net",
    "iam.cloud.ibm.com",
];

/// The hosts of the former platform.
pub const LEGACY_HOSTS: &[&str] = &[
    "stream.watsonplatform.net",
    "stream-fra.watsonplatform.net",
    "gateway-wdc.watsonplatform.net",
    "gateway-syd.watsonplatform.net",
    "gateway-tok.watsonplatform.net",
];

/// One recipe a language. Any non-empty token is taken.
pub const RECIPES: &[Recipe] = &[
    Recipe {
        language: "python",
        client: "ibm-watson",
        text: PYTHON,
    },
    Recipe {
        language: "node",
        client: "ibm-watson",
        text: NODE,
    },
    Recipe {
        language: "java",
        client: "com.ibm.watson:text-to-speech",
        text: JAVA,
    },
    Recipe {
        language: "go",
        client: "github.com/watson-developer-cloud/go-sdk/v3",
        text: GO,
    },
    Recipe {
        language: "rust",
        client: "tokio-tungstenite",
        text: RUST,
    },
    Recipe {
        language: "shell",
        client: "environment of the SDKs, and websocat",
        text: SHELL,
    },
];

// The Python client only turns `https:` into `wss:`, so for plain sockets it wants ws:// itself.
const PYTHON: &str = r#"from ibm_cloud_sdk_core.authenticators import BearerTokenAuthenticator
from ibm_watson import TextToSpeechV1

service = TextToSpeechV1(authenticator=BearerTokenAuthenticator("any-token"))
service.set_service_url("{ws}")
# service.synthesize_using_websocket("Hello world", callback, accept="audio/wav", timings=["words"])
"#;

const NODE: &str = r#"const TextToSpeechV1 = require('ibm-watson/text-to-speech/v1');
const { BearerTokenAuthenticator } = require('ibm-watson/auth');

const service = new TextToSpeechV1({
  authenticator: new BearerTokenAuthenticator({ bearerToken: 'any-token' }),
  serviceUrl: '{http}',
});
// service.synthesizeUsingWebSocket({ text: 'Hello world', accept: 'audio/wav', timings: ['words'] });
"#;

const JAVA: &str = r#"import com.ibm.cloud.sdk.core.security.BearerTokenAuthenticator;
import com.ibm.watson.text_to_speech.v1.TextToSpeech;

TextToSpeech service = new TextToSpeech(new BearerTokenAuthenticator("any-token"));
service.setServiceUrl("{http}");
"#;

const GO: &str = r#"service, err := texttospeechv1.NewTextToSpeechV1(&texttospeechv1.TextToSpeechV1Options{
	URL:           "{ws}",
	Authenticator: &core.BearerTokenAuthenticator{BearerToken: "any-token"},
})
"#;

const RUST: &str = r#"let url = "{ws}/v1/synthesize?access_token=any-token&voice=en-US_MichaelV3Voice";
let (socket, response) = tokio_tungstenite::connect_async(url).await?;
"#;

// The SDKs read these variables when they are built without options. Node and Java take the
// http form of the address, Python wants the ws form for its WebSocket method.
const SHELL: &str = r#"export TEXT_TO_SPEECH_AUTH_TYPE=bearerToken
export TEXT_TO_SPEECH_BEARER_TOKEN=any-token
export TEXT_TO_SPEECH_URL={ws}    # Python, Go; {http} for Node and Java
printf '{"text": "Hello world", "accept": "audio/wav"}' \
  | websocat --no-close '{ws}/v1/synthesize?access_token=any-token' > answer.bin
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_legacy_host_is_a_host_and_every_recipe_names_the_mock() {
        assert!(LEGACY_HOSTS.iter().all(|host| HOSTS.contains(host)));
        for recipe in RECIPES {
            let named = ["{ws}", "{http}"].iter().any(|p| recipe.text.contains(p));
            assert!(named, "{}", recipe.language);
        }
    }
}
