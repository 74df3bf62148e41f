Console.WriteLine("KmsLab");
