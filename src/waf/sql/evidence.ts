/** What a walk over an expression or selection met: counts, and how it ended. */

/** Behind the last token everything was SQL. */
export const AT_END = 0;
/** A comment cuts the rest of the origin's statement off. */
export const AT_CUT = 1;
/** A semicolon ends the statement. */
export const AT_SEMICOLON = 2;
/** The beginning of another statement, which T-SQL takes without a semicolon. */
export const AT_STATEMENT = 3;
/** The text ends where a value should follow. */
export const AT_GAP = 4;
/** What follows is no SQL. */
export const AT_PROSE = 5;

/** Kinds of operands, the later ones outweigh the earlier ones in a computed value. */
export const NO_OPERAND = 0;
export const LITERAL = 1;
export const NAMED = 2;
/** A call of a known function, a system variable, a selection. */
export const STRONG = 3;

export class Evidence {
  /** One of the AT_ values. */
  stop = AT_END;
  /** The index of the first token behind the walk. */
  index = 0;
  /** The last operand is a string that the origin's mark closes. */
  isOpen = false;
  /** Operators between conditions. */
  logic = 0;
  /** Comparisons of two literals behind an operator between conditions. */
  constants = 0;
  /** Comparisons of two literals, wherever they stand. */
  literalComparisons = 0;
  /** Comparisons with a strong operand. */
  strongComparisons = 0;
  /** Comparisons of a name with a literal. */
  mixedComparisons = 0;
  namedComparisons = 0;
  arithmetic = 0;
  literals = 0;
  names = 0;
  /** `@@` variables that databases have. */
  systemVariables = 0;
  unknownCalls = 0;
  knownCalls = 0;
  /** Calls of VERSION, USER and the like. */
  systemCalls = 0;
  tellingCalls = 0;
  catalogues = 0;
  /** CURRENT_USER and other names that are no words of ordinary language. */
  systemNames = 0;
  cases = 0;
  /** CASE expressions that are complete. */
  casesEnded = 0;
  selects = 0;
  /** Operands of selections that are no plain names. */
  selected = 0;
  /** Commas in selections. */
  selectedCommas = 0;
  froms = 0;
  unions = 0;
  /** UNION ALL, UNION DISTINCT. */
  wholeUnions = 0;
  /** ORDER BY, GROUP BY, HAVING, LIMIT outside selections. */
  clauses = 0;
  /** Literals in them. */
  clauseLiterals = 0;
  /** INTO OUTFILE, PROCEDURE ANALYSE. */
  outlets = 0;
  /** Brackets closed that the text did not open. */
  closings = 0;
  depth = 0;
  /** Values side by side, as where a plus sign was taken for a blank. */
  adjacencies = 0;
  casts = 0;
  /** The comment that cuts the rest off holds a word or two at most. */
  isCut = false;

  /** Whether the walk ended where a statement may end. */
  get isClean(): boolean {
    return this.stop !== AT_PROSE && this.stop !== AT_GAP;
  }

  /** A selection that consists of more than names. */
  get hasSelection(): boolean {
    return this.selects > 0 && (this.selected > 0 || (this.froms > 0 && this.selectedCommas > 0));
  }

  /** Something that only SQL has and that attacks are made of. */
  get isTelling(): boolean {
    const isRead = this.catalogues > 0 && this.selects > 0;
    return isRead || this.tellingCalls + this.systemVariables + this.outlets > 0 || this.hasSelection;
  }

  /** So much structure that it does not matter how the text goes on: selections within calls, selections, conditions. */
  get isUnmistakable(): boolean {
    if (this.selects > 1 && this.knownCalls + this.tellingCalls > 0) return true;
    if (this.tellingCalls > 0) return this.literals > 0 && this.selects + this.logic > 0;
    return this.selects > 0 && this.knownCalls > 1 && this.literals > 0;
  }

  /**
   * Counts one comparison.
   *
   * @param left the kind of its left operand, NO_OPERAND where the text begins with the sign
   * @param isSame whether both operands are written alike
   */
  countComparison(left: number, right: number, isSame: boolean): void {
    const heaviest = Math.max(left, right);
    if (left === NO_OPERAND) this.namedComparisons += 1;
    else if (heaviest === STRONG) this.strongComparisons += 1;
    else if (heaviest === LITERAL) {
      this.literalComparisons += 1;
      if (this.logic > 0) this.constants += 1;
    } else if (left !== right) this.mixedComparisons += 1;
    else if (isSame && this.logic > 0) this.constants += 1;
    else this.namedComparisons += 1;
  }
}
