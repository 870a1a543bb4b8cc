#include "cli/completion.h"
#include "cli/commands.h"

#include <string.h>

/* What can be proposed for a word. */
typedef enum proposal { NOTHING, FILES, FOLDERS, COMMANDS, CHOICES } proposal;

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static proposal proposal_of_value(const cli_option *option)
{
    if (option->choices != NULL) return CHOICES;
    if (begins(option->argument, "FILE") || begins(option->argument, "MODEL")) return FILES;
    return begins(option->argument, "DIR") ? FOLDERS : NOTHING;
}

static proposal proposal_of_operand(const cli_command *command)
{
    if (command->operands[0] == '\0') return NOTHING;
    if (strstr(command->operands, "COMMAND") != NULL) return COMMANDS;
    return strchr(command->operands, '|') != NULL ? CHOICES : FILES;
}

/* "a|b" as "a b" */
static void put_choices(const char *choices, FILE *out)
{
    for (; *choices != '\0'; choices++) fputc(*choices == '|' ? ' ' : *choices, out);
}

/* Whether a command is the first of its family in the list; also of one that has no family. */
static bool leads(const cli_command *const *commands, size_t i)
{
    size_t family = cli_family_length(commands[i]);
    return i == 0 || family == 0 || strncmp(commands[i - 1]->name, commands[i]->name, family + 1) != 0;
}

/* First words, each once. */
static void put_names(const cli_command *const *commands, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++)
        if (leads(commands, i))
            fprintf(out, "%s%.*s", i > 0 ? " " : "", (int)strcspn(commands[i]->name, " "), commands[i]->name);
}

/* Second words of the family that commands[first] leads. */
static void put_family(const cli_command *const *commands, size_t count, size_t first, FILE *out)
{
    for (size_t i = first; i < count && (i == first || !leads(commands, i)); i++)
        fprintf(out, "%s%s", i > first ? " " : "", commands[i]->name + cli_family_length(commands[i]) + 1);
}

/* ---- bash ---- */

/* bash itself completes file names best, with quotes and tildes; it does so where nothing is proposed and the option
 * "default" is on. */
static const char bash_start[] = "# Completion of fsam " FSAM_VERSION " for bash, made by 'fsam completion bash'.\n"
                                 "\n"
                                 "_fsam_among() {\n"
                                 "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$2\")\n"
                                 "}\n"
                                 "\n"
                                 "_fsam_files() {\n"
                                 "    compopt -o default\n"
                                 "}\n"
                                 "\n"
                                 "_fsam_folders() {\n"
                                 "    compopt -o dirnames\n"
                                 "}\n"
                                 "\n"
                                 "_fsam() {\n"
                                 "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
                                 "    COMPREPLY=()\n"
                                 "    # --name=value comes as three words.\n"
                                 "    if [[ $word == '=' ]]; then\n"
                                 "        word=\n"
                                 "    elif [[ $before == '=' ]]; then\n"
                                 "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
                                 "    fi\n";

static void bash_propose(proposal what, const char *choices, const cli_command *const *commands, size_t count,
                         FILE *out)
{
    if (what == NOTHING) fputs(":", out);
    if (what == FILES) fputs("_fsam_files", out);
    if (what == FOLDERS) fputs("_fsam_folders", out);
    if (what != CHOICES && what != COMMANDS) return;
    fputs("_fsam_among '", out);
    if (what == CHOICES)
        put_choices(choices, out);
    else
        put_names(commands, count, out);
    fputs("' \"$word\"", out);
}

/* After an option that takes a value. */
static void bash_values(const cli_command *command, FILE *out)
{
    for (size_t i = 0; i < command->count; i++) {
        const cli_option *option = &command->options[i];
        if (!cli_has_value(option)) continue;
        fprintf(out, "        --%s", option->name);
        if (option->letter != 0) fprintf(out, " | -%c", option->letter);
        fputs(") ", out);
        bash_propose(proposal_of_value(option), option->choices, NULL, 0, out);
        fputs(" ;;\n", out);
    }
}

static void bash_command(const cli_command *command, const cli_command *const *commands, size_t count, FILE *out)
{
    fprintf(out, "    '%s')\n        case $before in\n", command->name);
    bash_values(command, out);
    fputs("        *)\n            if [[ $word == -* ]]; then\n                _fsam_among '", out);
    for (size_t i = 0; i < command->count; i++) {
        fprintf(out, "--%s ", command->options[i].name);
        if (command->options[i].kind == CLI_SWITCH) fprintf(out, "--no-%s ", command->options[i].name);
    }
    fprintf(out, "--%s' \"$word\"\n            else\n                ", cli_help_option.name);
    bash_propose(proposal_of_operand(command), command->operands, commands, count, out);
    fputs("\n            fi\n            ;;\n        esac\n        ;;\n", out);
}

/* The second word of families: proposed, or joined to the name. */
static void bash_families(const cli_command *const *commands, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++) {
        int family = (int)cli_family_length(commands[i]);
        if (family == 0 || !leads(commands, i)) continue;
        fprintf(out, "    if [[ $name == %.*s ]]; then\n", family, commands[i]->name);
        fputs("        if ((COMP_CWORD == 2)); then\n            _fsam_among '", out);
        put_family(commands, count, i, out);
        fputs("' \"$word\"\n            return\n        fi\n        name+=\" ${COMP_WORDS[2]}\"\n    fi\n", out);
    }
}

void cli_completion_bash(const cli_command *const *commands, size_t count, FILE *out)
{
    fputs(bash_start, out);
    fputs("    if ((COMP_CWORD == 1)); then\n        _fsam_among '", out);
    put_names(commands, count, out);
    fputs(" --help --version' \"$word\"\n        return\n    fi\n    local name=${COMP_WORDS[1]}\n", out);
    bash_families(commands, count, out);
    fputs("    case $name in\n", out);
    for (size_t i = 0; i < count; i++) bash_command(commands[i], commands, count, out);
    fputs("    esac\n}\n\ncomplete -F _fsam fsam\n", out);
}

/* ---- zsh ---- */

/* Within single quotes, and between brackets and colons of _arguments. */
static void zsh_text(const char *text, FILE *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            fputs("'\\''", out);
            continue;
        }
        if (strchr("\\[]:", *text) != NULL) fputc('\\', out);
        fputc(*text, out);
    }
}

static void zsh_propose(proposal what, const char *choices, FILE *out)
{
    if (what == NOTHING) fputc(' ', out);
    if (what == FILES) fputs("_files", out);
    if (what == FOLDERS) fputs("_files -/", out);
    if (what == COMMANDS) fputs("_fsam_commands", out);
    if (what != CHOICES) return;
    fputc('(', out);
    put_choices(choices, out);
    fputc(')', out);
}

/* '(-m --model)'{-m+,--model=}'[the model file]:MODEL:_files', and '*' in front of what may be repeated. */
static void zsh_option(const cli_option *option, FILE *out)
{
    bool value = cli_has_value(option);
    const char *name = option->name, *after = value ? "=" : "";
    fputs("            ", out);
    if (option->kind == CLI_TEXTS)
        fputs("'*'", out);
    else if (option->letter != 0)
        fprintf(out, "'(-%c --%s)'", option->letter, name);
    else if (option->kind == CLI_SWITCH)
        fprintf(out, "'(--%s --no-%s)'", name, name);
    if (option->letter != 0)
        fprintf(out, "{-%c%s,--%s%s}", option->letter, value ? "+" : "", name, after);
    else if (option->kind == CLI_SWITCH)
        fprintf(out, "{--%s,--no-%s}", name, name);
    else
        fprintf(out, "--%s%s", name, after);
    fputs("'[", out);
    zsh_text(option->help, out);
    fputc(']', out);
    if (value) {
        fputc(':', out);
        zsh_text(option->argument, out);
        fputc(':', out);
        zsh_propose(proposal_of_value(option), option->choices, out);
    }
    fputs("' \\\n", out);
}

static void zsh_operands(const cli_command *command, FILE *out)
{
    fprintf(out, "            '%s", command->most < 0 ? "*:" : command->least == 0 ? "::" : ":");
    zsh_text(command->operands, out);
    fputc(':', out);
    zsh_propose(proposal_of_operand(command), command->operands, out);
    fputs("' \\\n", out);
}

static void zsh_command(const cli_command *command, FILE *out)
{
    fprintf(out, "    '%s')\n        _arguments -s -S \\\n", command->name);
    for (size_t i = 0; i < command->count; i++) zsh_option(&command->options[i], out);
    zsh_option(&cli_help_option, out);
    if (command->operands[0] != '\0') zsh_operands(command, out);
    fputs("            && return\n        ;;\n", out);
}

/* A line of the list of commands: of a family, its name and second words. */
static void zsh_listed(const cli_command *const *commands, size_t count, size_t i, FILE *out)
{
    int family = (int)cli_family_length(commands[i]);
    if (!leads(commands, i)) return;
    if (family > 0) {
        fprintf(out, "        '%.*s:", family, commands[i]->name);
        put_family(commands, count, i, out);
    } else {
        fprintf(out, "        '%s:", commands[i]->name);
        zsh_text(commands[i]->summary, out);
    }
    fputs("'\n", out);
}

static void zsh_families(const cli_command *const *commands, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++) {
        int family = (int)cli_family_length(commands[i]);
        if (family == 0 || !leads(commands, i)) continue;
        fprintf(out, "    if [[ $name == %.*s ]]; then\n        if ((CURRENT == 2)); then\n            compadd ",
                family, commands[i]->name);
        put_family(commands, count, i, out);
        fputs("\n            return\n        fi\n        name+=\" $words[2]\"\n        shift words\n"
              "        ((CURRENT--))\n    fi\n",
              out);
    }
}

void cli_completion_zsh(const cli_command *const *commands, size_t count, FILE *out)
{
    fputs("#compdef fsam\n# Completion of fsam " FSAM_VERSION " for zsh, made by 'fsam completion zsh'.\n\n"
          "_fsam_commands() {\n    local -a names=(\n",
          out);
    for (size_t i = 0; i < count; i++) zsh_listed(commands, count, i, out);
    fputs("    )\n    _describe command names\n}\n\n"
          "_fsam() {\n    local curcontext=$curcontext state line\n    typeset -A opt_args\n"
          "    _arguments -C '(- *)'{-h,--help}'[list the commands]' '(- *)--version[print the version]' \\\n"
          "        ':COMMAND:_fsam_commands' '*:: :->command' && return\n"
          "    local name=$line[1]\n",
          out);
    zsh_families(commands, count, out);
    fputs("    case $name in\n", out);
    for (size_t i = 0; i < count; i++) zsh_command(commands[i], out);
    fputs("    esac\n}\n\n"
          "# As a function that zsh loads when it is first wanted, or read with 'source'.\n"
          "if [[ $funcstack[1] == _fsam ]]; then\n    _fsam \"$@\"\nelse\n    compdef _fsam fsam\nfi\n",
          out);
}
