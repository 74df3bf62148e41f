using System.ComponentModel.DataAnnotations;

namespace KmsLab.LocalAws.Settings;

/// <summary>The section <c>LocalAws:Organization</c>: an organization of AWS Organizations, whose management account is <c>LocalAws:AccountId</c>.</summary>
public sealed class OrganizationOptions : IValidatableObject
{
    /// <summary>Its id, such as <c>o-exampleorg1</c>; empty: there is none.</summary>
    [RegularExpression("o-[a-z0-9]{10,32}", ErrorMessage = "LocalAws:Organization:Id must be o- and 10 to 32 small letters and digits.")]
    public string? Id { get; set; }

    /// <summary>Its member accounts beside the management account.</summary>
    public List<string> Accounts { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Accounts
        .Where(account => account.Length != 12 || !account.All(char.IsAsciiDigit))
        .Select(account => new ValidationResult($"LocalAws:Organization:Accounts must be accounts of 12 digits, and '{account}' is none."));
}
