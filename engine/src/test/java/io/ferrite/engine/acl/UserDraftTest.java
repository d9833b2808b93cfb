package io.ferrite.engine.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UserDraftTest {

    private static UserRules rules(String... words) {
        UserDraft draft = UserDraft.create(false);
        Rules.join(List.of(words)).forEach(draft::apply);
        return draft.finish();
    }

    private static String described(String line) {
        return rules(line.split(" ")).describe();
    }

    @Test
    void newUser_mayDoNothing() {
        assertThat(UserDraft.create(false).finish().describe())
                .isEqualTo("off sanitize-payload resetchannels -@all");
        assertThat(UserDraft.create(true).finish().describe())
                .isEqualTo("off sanitize-payload &* -@all");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    on nopass +@all ~* &*                | on nopass sanitize-payload ~* &* +@all
                    ON NOPASS ALLCOMMANDS ALLKEYS        | on nopass sanitize-payload ~* resetchannels +@all
                    skip-sanitize-payload &a &b ~c ~c    | off skip-sanitize-payload ~c resetchannels &a &b -@all
                    %R~a %W~b %rw~c %R~d %W~d            | off sanitize-payload %R~a %W~b ~c ~d resetchannels -@all
                    +get -get +set                       | off sanitize-payload resetchannels -@all -get +set
                    +@READ -@dangerous +KEYS             | off sanitize-payload resetchannels -@all +@read -@dangerous +keys
                    +@all -get -@all +set                | off sanitize-payload resetchannels -@all +set
                    ~a ~b resetkeys ~c allkeys           | off sanitize-payload ~* resetchannels -@all
                    (~a +get) (+@all)                    | off sanitize-payload resetchannels -@all (~a resetchannels -@all +get) (resetchannels +@all)
                    (~a +get) clearselectors             | off sanitize-payload resetchannels -@all
                    on >x ~a (+get) +get reset           | off sanitize-payload resetchannels -@all
                    ()                                   | off sanitize-payload resetchannels -@all (resetchannels -@all)
                    """)
    void rules_areShownInOneOrder(String given, String shown) {
        assertThat(described(given)).isEqualTo(shown);
    }

    @Test
    void subcommandRules_areReplaced_byTheOneAboutTheirContainer() {
        assertThat(rules("+config|GET", "+client|id", "-client|id", "+@all").root().commandRules())
                .isEqualTo("+@all");
        assertThat(rules("+config|get", "+client|id", "-client|id").root().commandRules())
                .isEqualTo("-@all +config|get -client|id");
        assertThat(rules("+client|id", "+select|0", "+client").root().commandRules())
                .isEqualTo("-@all +select|0 +client");
        assertThat(rules("+select|0", "+select|1", "-select").root().commandRules())
                .isEqualTo("-@all -select");
    }

    @Test
    void fileThatSaysNothingOfSanitizing_isShownAsItWasWritten() {
        assertThat(UserDraft.ofFile(false).apply("on").finish().describe())
                .isEqualTo("on resetchannels -@all");
        for (String word : new String[] {"sanitize-payload", "skip-sanitize-payload"}) {
            assertThat(UserDraft.ofFile(false).apply(word).finish().flags())
                    .containsExactly("off", word);
        }
        UserRules changed =
                UserDraft.of(UserDraft.ofFile(false).finish(), false).apply("on").finish();
        assertThat(changed.flags()).containsExactly("on");
    }

    @Test
    void description_madeIntoRules_describesTheSame() {
        String line =
                "on >one >two ~a* %R~b* &news:* +@read -@dangerous +config|get +select|0 -get"
                        + " (%W~c* &x +@all -keys) (+get)";
        UserRules once = rules(line.split(" "));
        UserDraft again = UserDraft.create(false);
        once.words().forEach(again::apply);

        assertThat(again.finish().describe()).isEqualTo(once.describe());
        assertThat(UserDraft.of(once, false).finish().describe()).isEqualTo(once.describe());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    nonsense     | SYNTAX
                    %            | SYNTAX
                    %R           | SYNTAX
                    %RW          | SYNTAX
                    %~x          | SYNTAX
                    %RWX~x       | SYNTAX
                    %RR~x        | SYNTAX
                    (            | SYNTAX
                    (%R)         | SYNTAX
                    (on)         | SYNTAX
                    ((+get))     | SYNTAX
                    +@nosuch     | UNKNOWN
                    -@nosuch     | UNKNOWN
                    +nosuch      | UNKNOWN
                    (+nosuch)    | UNKNOWN
                    +            | UNKNOWN
                    #0123        | BAD_HASH
                    !0123        | BAD_HASH
                    <nosuch      | NO_SUCH_PASSWORD
                    """)
    void otherWords_areRefused(String rule, RuleError.Kind why) {
        assertRefused(rule, why);
    }

    @Test
    void wordsWithBarsAndBlanks_areRefused() {
        assertRefused("+get|", RuleError.Kind.SYNTAX);
        assertRefused("+config|nosuch", RuleError.Kind.UNKNOWN);
        assertRefused("-config|set|x", RuleError.Kind.UNKNOWN);
        assertRefused("-select|0", RuleError.Kind.UNKNOWN);
        assertRefused("+config|set|x", RuleError.Kind.FIRST_ARGUMENT_OF_SUBCOMMAND);
        assertRefused("~a b", RuleError.Kind.SYNTAX);
        assertRefused("&a\nb", RuleError.Kind.SYNTAX);
        assertRefused("~a\0b", RuleError.Kind.SYNTAX);
        assertThatThrownBy(() -> rules("~*", "~a")).hasMessageContaining("'resetkeys'");
        assertThatThrownBy(() -> rules("&*", "&a")).hasMessageContaining("'resetchannels'");
    }

    private static void assertRefused(String rule, RuleError.Kind why) {
        assertThatThrownBy(() -> UserDraft.create(false).apply(rule))
                .isInstanceOfSatisfying(RuleError.class, e -> assertThat(e.kind()).isEqualTo(why));
    }

    @Test
    void parenthesisNeverClosed_isFound() {
        assertThat(Rules.unclosed(List.of("on", "(+get", "~a"))).isEqualTo("(+get");
        assertThat(Rules.unclosed(List.of("(+get", "~a)", "(", ")"))).isNull();
        assertThat(Rules.join(List.of("(+get", "~a)", "on"))).containsExactly("(+get ~a)", "on");
    }

    @Test
    void passwords_areKeptAsHashes_andRemovedByEither() {
        String hash = UserDraft.hash(new byte[] {'x'});
        assertThat(rules("nopass", ">x", "#" + hash).flags()).doesNotContain("nopass");
        assertThat(rules(">x", "#" + hash).passwords()).containsExactly(hash);
        assertThat(rules(">x", "<x").passwords()).isEmpty();
        assertThat(rules(">x", "!" + hash).passwords()).isEmpty();
        assertThat(rules(">x", "nopass").passwords()).isEmpty();
    }

    @Test
    void user_acceptsEachOfHisPasswords_whileHeIsOn() {
        String x = UserDraft.hash(new byte[] {'x'});
        String y = UserDraft.hash(new byte[] {'y'});
        assertThat(new User("u", rules("on", ">x", ">y")).accepts(y)).isTrue();
        assertThat(new User("u", rules("on", ">x")).accepts(y)).isFalse();
        assertThat(new User("u", rules("on", "nopass")).accepts(y)).isTrue();
        assertThat(new User("u", rules("off", "nopass")).accepts(x)).isFalse();
        assertThat(new User("u", rules("off", ">x")).accepts(x)).isFalse();
        assertThat(new User("u", rules("on")).accepts(x)).isFalse();
    }

    @Test
    void onlyWhoMayDoEverything_isUnrestricted() {
        assertThat(rules("+@all", "~*", "&*").isRestricted()).isFalse();
        assertThat(rules("+@all", "~*").isRestricted()).isTrue();
        assertThat(rules("+@all", "-get", "~*", "&*").isRestricted()).isTrue();
        assertThat(rules("+@all", "%RW~*", "&*").isRestricted()).isTrue();
        assertThat(rules("(+@all", "~*", "&*)").isRestricted()).isFalse();
    }

    @Test
    void deletedUser_mayDoNothing() {
        User user = new User("u", rules("on", "nopass", "+@all", "~*", "&*"));
        user.delete();
        assertThat(user.isRestricted()).isTrue();
        assertThat(user.isDeleted()).isTrue();
        assertThat(user.rules().describe()).isEqualTo("off sanitize-payload resetchannels -@all");
    }
}
